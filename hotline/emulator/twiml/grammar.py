"""Which verbs, nouns and attributes Twilio knows, and what may stand inside what.

Values: ``url``, ``int:low:high``, ``bool``, ``method``, ``text`` (anything) or ``a|b|c``;
a list of several such words is separated by blanks and marked ``list:a|b``.
"""

_METHOD = {"method": "method"}
_CALLBACK = {"statusCallback": "url", "statusCallbackMethod": "method"}
_RECORDING = {
    "recordingStatusCallback": "url",
    "recordingStatusCallbackMethod": "method",
    "recordingStatusCallbackEvent": "list:in-progress|completed|absent|failed",
    "recordingConfigurationId": "text",
    "trim": "trim-silence|do-not-trim",
}
_AMD = {
    "machineDetection": "Enable|DetectMessageEnd",
    "machineDetectionTimeout": "int:3:60",
    "machineDetectionSpeechThreshold": "int:1000:6000",
    "machineDetectionSpeechEndThreshold": "int:500:5000",
    "machineDetectionSilenceTimeout": "int:2000:10000",
    "amdStatusCallback": "url",
    "amdStatusCallbackMethod": "method",
}
_CALLEE = {
    **_METHOD,
    **_CALLBACK,
    "url": "url",
    "statusCallbackEvent": "list:initiated|ringing|answered|completed",
}
_DIAL_RECORD = (
    "true|false|do-not-record|record-from-answer|record-from-ringing|"
    "record-from-answer-dual|record-from-ringing-dual"
)

VOICE: dict[str, dict[str, str]] = {
    "Say": {"voice": "text", "loop": "int:0:1000", "language": "text"},
    "Play": {"loop": "int:0:1000", "digits": "text"},
    "Pause": {"length": "int:0:86400"},
    "Gather": {
        **_METHOD,
        "action": "url",
        "input": "list:dtmf|speech",
        "timeout": "text",
        "speechTimeout": "text",
        "maxSpeechTime": "int:1:60",
        "profanityFilter": "bool",
        "finishOnKey": "text",
        "numDigits": "int:1:1000",
        "partialResultCallback": "url",
        "partialResultCallbackMethod": "method",
        "language": "text",
        "hints": "text",
        "bargeIn": "bool",
        "debug": "bool",
        "actionOnEmptyResult": "bool",
        "speechModel": "text",
        "enhanced": "bool",
    },
    "Redirect": dict(_METHOD),
    "Hangup": {},
    "Reject": {"reason": "rejected|busy"},
    "Leave": {},
    "Record": {
        **_METHOD,
        **_RECORDING,
        "action": "url",
        "timeout": "int:0:3600",
        "finishOnKey": "text",
        "maxLength": "int:1:14400",
        "playBeep": "bool",
        "transcribe": "bool",
        "transcribeCallback": "url",
    },
    "Enqueue": {
        **_METHOD,
        "action": "url",
        "maxQueueSize": "int:1:5000",
        "waitUrl": "url",
        "waitUrlMethod": "method",
        "workflowSid": "text",
    },
    "Dial": {
        **_METHOD,
        **_RECORDING,
        "action": "url",
        "timeout": "int:1:600",
        "hangupOnStar": "bool",
        "timeLimit": "int:1:86400",
        "callerId": "text",
        "record": _DIAL_RECORD,
        "answerOnBridge": "bool",
        "ringTone": "text",
        "recordingTrack": "inbound|outbound|both",
        "sequential": "bool",
        "referUrl": "url",
        "referMethod": "method",
        "events": "text",
        "passports": "text",
    },
    "Number": {**_CALLEE, **_AMD, "sendDigits": "text", "byoc": "text"},
    "Client": dict(_CALLEE),
    "Sip": {**_CALLEE, **_AMD, "username": "text", "password": "text"},
    "Identity": {},
    "Parameter": {"name": "text", "value": "text"},
    "Queue": {**_METHOD, "url": "url", "reservationSid": "text", "postWorkActivitySid": "text"},
    "Conference": {
        **_CALLBACK,
        **_RECORDING,
        "muted": "bool",
        "beep": "true|false|onEnter|onExit",
        "startConferenceOnEnter": "bool",
        "endConferenceOnExit": "bool",
        "waitUrl": "url",
        "waitMethod": "method",
        "maxParticipants": "int:1:250",
        "record": "true|false|record-from-start|do-not-record",
        "region": "text",
        "coach": "text",
        "statusCallbackEvent": ("list:start|end|join|leave|mute|hold|modify|speaker|announcement"),
        "eventCallbackUrl": "url",
        "jitterBufferSize": "off|small|medium|large",
        "participantLabel": "text",
    },
    "Sms": {**_METHOD, "to": "text", "from": "text", "action": "url", "statusCallback": "url"},
}

MESSAGING: dict[str, dict[str, str]] = {
    "Message": {**_METHOD, "to": "text", "from": "text", "action": "url", "statusCallback": "url"},
    "Body": {},
    "Media": {},
    "Redirect": dict(_METHOD),
}

_SPEAK = ("Say", "Play", "Pause")
VOICE_CHILDREN: dict[str, tuple[str, ...]] = {
    "Response": (
        *_SPEAK, "Gather", "Redirect", "Hangup", "Reject", "Leave", "Record", "Enqueue", "Dial", "Sms",
    ),
    "Gather": _SPEAK,
    "Dial": ("Number", "Client", "Sip", "Queue", "Conference"),
    "Client": ("Identity", "Parameter"),
}  # fmt: skip
MESSAGING_CHILDREN: dict[str, tuple[str, ...]] = {
    "Response": ("Message", "Redirect"),
    "Message": ("Body", "Media"),
}

MODE_VERBS: dict[str, tuple[str, ...]] = {
    "wait": (*_SPEAK, "Hangup", "Redirect", "Leave", "Gather"),
    "whisper": (*_SPEAK, "Gather", "Redirect", "Hangup"),
    "queue-url": (*_SPEAK, "Redirect"),
    "conference-wait": (*_SPEAK, "Redirect"),
}
"""Verbs that may stand in a document that is not the call's own."""
