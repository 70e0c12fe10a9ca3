"""The documented parameters of every request that the emulator serves."""

from hotline.emulator.rest.params import PAGING, Spec

_EVENTS = "initiated|ringing|answered|completed"
_RECORDING_EVENTS = "list:in-progress|completed|absent|failed"
_AMD: Spec = {
    "MachineDetection": "Enable|DetectMessageEnd",
    "MachineDetectionTimeout": "int:3:59",
    "MachineDetectionSpeechThreshold": "int:1000:6000",
    "MachineDetectionSpeechEndThreshold": "int:500:5000",
    "MachineDetectionSilenceTimeout": "int:2000:10000",
}
_DATES: Spec = {f"{name}{sign}": "text" for name in ("DateCreated",) for sign in ("", "<", ">")}

CREATE_CALL: Spec = {
    "To": "text", "From": "text", "Method": "method", "FallbackUrl": "url", "FallbackMethod": "method",
    "StatusCallback": "url", "StatusCallbackEvent": f"list:{_EVENTS}", "StatusCallbackMethod": "method",
    "SendDigits": "text", "Timeout": "int:1:600", "Record": "bool", "RecordingChannels": "mono|dual",
    "RecordingStatusCallback": "url", "RecordingStatusCallbackMethod": "method",
    "SipAuthUsername": "text", "SipAuthPassword": "text", **_AMD,
    "RecordingStatusCallbackEvent": _RECORDING_EVENTS, "Trim": "trim-silence|do-not-trim", "CallerId": "text",
    "AsyncAmd": "bool", "AsyncAmdStatusCallback": "url", "AsyncAmdStatusCallbackMethod": "method",
    "Byoc": "text", "CallReason": "text", "CallToken": "text",
    "RecordingTrack": "inbound|outbound|both", "TimeLimit": "int:1:86400", "ClientNotificationUrl": "url",
    "Url": "url", "Twiml": "text", "ApplicationSid": "text",
}  # fmt: skip
LIST_CALLS: Spec = {
    "To": "text", "From": "text", "ParentCallSid": "text",
    "Status": "queued|ringing|in-progress|completed|busy|failed|no-answer|canceled",
    **{f"{name}{sign}": "text" for name in ("StartTime", "EndTime") for sign in ("", "<", ">")}, **PAGING,
}  # fmt: skip
UPDATE_CALL: Spec = {
    "Url": "url", "Method": "method", "Status": "canceled|completed", "FallbackUrl": "url",
    "FallbackMethod": "method", "StatusCallback": "url", "StatusCallbackMethod": "method", "Twiml": "text",
    "TimeLimit": "int:1:86400",
}  # fmt: skip
CREATE_MESSAGE: Spec = {
    "To": "text", "StatusCallback": "url", "ApplicationSid": "text", "MaxPrice": "text",
    "ProvideFeedback": "bool", "Attempt": "int:1:100", "ValidityPeriod": "int:1:36000",
    "ForceDelivery": "bool", "ContentRetention": "retain|discard", "AddressRetention": "retain|obfuscate",
    "SmartEncoded": "bool", "PersistentAction": "list:text", "TrafficType": "free", "ShortenUrls": "bool",
    "ScheduleType": "fixed", "SendAt": "text", "SendAsMms": "bool", "ContentVariables": "text",
    "RiskCheck": "enable|disable", "From": "text", "FallbackFrom": "text", "MessagingServiceSid": "text",
    "Body": "text", "MediaUrl": "list:url", "ContentSid": "text",
}  # fmt: skip
LIST_MESSAGES: Spec = {
    "To": "text", "From": "text", "DateSent": "text", "DateSent<": "text", "DateSent>": "text", **PAGING,
}  # fmt: skip
UPDATE_MESSAGE: Spec = {"Body": "text", "Status": "canceled"}
CREATE_QUEUE: Spec = {"FriendlyName": "text", "MaxSize": "int:1:5000"}
UPDATE_QUEUE: Spec = CREATE_QUEUE
LIST_QUEUES: Spec = dict(PAGING)
LIST_MEMBERS: Spec = dict(PAGING)
UPDATE_MEMBER: Spec = {"Url": "url", "Method": "method"}
LIST_CONFERENCES: Spec = {
    **_DATES, "DateUpdated": "text", "DateUpdated<": "text", "DateUpdated>": "text",
    "FriendlyName": "text", "Status": "init|in-progress|completed", **PAGING,
}  # fmt: skip
UPDATE_CONFERENCE: Spec = {"Status": "completed", "AnnounceUrl": "url", "AnnounceMethod": "method"}
LIST_PARTICIPANTS: Spec = {"Muted": "bool", "Hold": "bool", "Coaching": "bool", **PAGING}
UPDATE_PARTICIPANT: Spec = {
    "Muted": "bool", "Hold": "bool", "HoldUrl": "url", "HoldMethod": "method", "AnnounceUrl": "url",
    "AnnounceMethod": "method", "WaitUrl": "url", "WaitMethod": "method", "BeepOnExit": "bool",
    "EndConferenceOnExit": "bool", "Coaching": "bool", "CallSidToCoach": "text",
}  # fmt: skip
CREATE_PARTICIPANT: Spec = {
    "From": "text", "To": "text", "StatusCallback": "url", "StatusCallbackMethod": "method",
    "StatusCallbackEvent": f"list:{_EVENTS}", "Label": "text", "Timeout": "int:1:600", "Record": "bool",
    "Muted": "bool", "Beep": "true|false|onEnter|onExit", "StartConferenceOnEnter": "bool",
    "EndConferenceOnExit": "bool", "WaitUrl": "url", "WaitMethod": "method", "EarlyMedia": "bool",
    "MaxParticipants": "int:2:250", "ConferenceRecord": "true|false|record-from-start|do-not-record",
    "ConferenceTrim": "trim-silence|do-not-trim", "ConferenceStatusCallback": "url",
    "ConferenceStatusCallbackMethod": "method",
    "ConferenceStatusCallbackEvent": "list:start|end|join|leave|mute|hold|modify|speaker|announcement",
    "RecordingChannels": "mono|dual", "RecordingStatusCallback": "url",
    "RecordingStatusCallbackMethod": "method", "SipAuthUsername": "text", "SipAuthPassword": "text",
    "Region": "text", "ConferenceRecordingStatusCallback": "url",
    "ConferenceRecordingStatusCallbackMethod": "method", "RecordingStatusCallbackEvent": _RECORDING_EVENTS,
    "ConferenceRecordingStatusCallbackEvent": _RECORDING_EVENTS, "Coaching": "bool",
    "CallSidToCoach": "text", "JitterBufferSize": "text", "Byoc": "text", "CallerId": "text",
    "CallReason": "text", "RecordingTrack": "inbound|outbound|both", "TimeLimit": "int:1:86400", **_AMD,
    "AmdStatusCallback": "url", "AmdStatusCallbackMethod": "method", "Trim": "trim-silence|do-not-trim",
    "CallToken": "text", "ClientNotificationUrl": "url", "CallerDisplayName": "text",
}  # fmt: skip
LIST_RECORDINGS: Spec = {
    **_DATES, "CallSid": "text", "ConferenceSid": "text", "IncludeSoftDeleted": "bool", **PAGING,
}  # fmt: skip
LIST_CALL_RECORDINGS: Spec = {**_DATES, **PAGING}
CREATE_CALL_RECORDING: Spec = {
    "RecordingStatusCallbackEvent": _RECORDING_EVENTS, "RecordingStatusCallback": "url",
    "RecordingStatusCallbackMethod": "method", "Trim": "trim-silence|do-not-trim",
    "RecordingChannels": "mono|dual", "RecordingTrack": "inbound|outbound|both",
}  # fmt: skip
UPDATE_CALL_RECORDING: Spec = {"Status": "in-progress|paused|stopped", "PauseBehavior": "skip|silence"}
FETCH_RECORDING: Spec = {"IncludeSoftDeleted": "bool"}
UPDATE_NUMBER: Spec = {
    "AccountSid": "text", "ApiVersion": "text", "FriendlyName": "text", "SmsApplicationSid": "text",
    "SmsFallbackMethod": "method", "SmsFallbackUrl": "url", "SmsMethod": "method", "SmsUrl": "url",
    "StatusCallback": "url", "StatusCallbackMethod": "method", "VoiceApplicationSid": "text",
    "VoiceCallerIdLookup": "bool", "VoiceFallbackMethod": "method", "VoiceFallbackUrl": "url",
    "VoiceMethod": "method", "VoiceUrl": "url", "EmergencyStatus": "Active|Inactive",
    "EmergencyAddressSid": "text", "TrunkSid": "text", "VoiceReceiveMode": "voice|fax",
    "IdentitySid": "text", "AddressSid": "text", "BundleSid": "text",
}  # fmt: skip
CREATE_NUMBER: Spec = {
    **{name: kind for name, kind in UPDATE_NUMBER.items() if name != "AccountSid"},
    "PhoneNumber": "text", "AreaCode": "text",
}  # fmt: skip
LIST_NUMBERS: Spec = {
    "Beta": "bool", "FriendlyName": "text", "PhoneNumber": "text", "Origin": "text", **PAGING,
}  # fmt: skip
