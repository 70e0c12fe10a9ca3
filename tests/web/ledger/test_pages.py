"""Accounts and entries of the ledger, and what people change of it."""

import sqlalchemy as sa

from hotline.db.models import LedgerEntry

WAIVE, CORRECT, PAY = "/ledger/100000/1/waive", "/ledger/100000/1/correct", "/ledger/100000/pay?currency=USD"


def plain(answer):
    return " ".join(answer.text.split())


def approval(browser, answer, act="approve", **data):
    """Press a button on the page of a request."""
    path = answer.request.path
    page = browser.get(path).text
    if act == "approve":
        data = {"seen": page.split('name="seen" value="')[1].split('"')[0], **data}
    return browser.press(f"{path}/{act}", **data)


def test_an_account_shows_what_ran_up_and_what_is_owed(cy, missed):
    page = plain(cy.get("/ledger/100000"))
    assert "Account of contract 100000" in page
    assert page.index("USD 15,000.00") < page.index("Record a payment")
    assert page.index('data-label="Owed then" class="amount">USD 15,000.00') < page.index(
        'data-label="Owed then" class="amount">USD 5,000.00'
    )


def test_an_entry_explains_itself(cy, missed):
    page = plain(cy.get("/ledger/100000/2"))
    assert "Miss 2 of contract year 1" in page
    assert "Miss 2 of the period: step 2 of 3" in page
    assert "So this entry is</th><td>USD 10,000.00" in page
    assert "Verified just now" in page
    assert "the contract itself: no person" in page
    assert "Nothing. It stands as it was written." in page


def test_a_changed_entry_says_so(cy, world, missed):
    world.do(lambda op: op.session.execute(sa.update(LedgerEntry).values(sentence="No.")))
    assert "was changed after it was written" in cy.get("/ledger/100000/1").text


def test_what_does_not_exist_is_not_found(cy, missed):
    for path in ("/ledger/999999", "/ledger/100000/9", "/ledger/100000/99999999999999999999",
                 "/ledger/100000/1/burn", "/ledger/100000/pay", "/ledger/100000/pay?currency=EUR",
                 "/ledger/%00", "/ledger/999999/1/waive", "/ledger/100000/0"):  # fmt: skip
        assert cy.get(path).status_code == 404, path


def test_a_waiver_is_looked_at_then_written(cy, missed, form, written):
    waiver = form(cy, WAIVE)
    page = plain(waiver.look(amount="1,000.00"))
    assert "Owed of entry 1</th><td>USD 5,000.00</td><td><strong>USD 4,000.00" in page
    assert "Owed of the contract</th><td>USD 15,000.00</td><td><strong>USD 14,000.00" in page
    assert (written(), "It is written at once" in page) == (3, True)
    page = plain(waiver.write())
    assert "It is in the ledger." in page
    assert "USD 1,000.00 of entry 1 is waived" in page
    assert "Cy Young" in page
    assert "alone, within the limit" in page
    page = plain(cy.get("/ledger/100000/1"))
    assert "it stands at USD 4,000.00" in page
    assert 'href="/ledger/100000/3">entry 3</a>' in page


def test_a_second_tap_leads_to_the_same_entry(cy, missed, form, written):
    waiver = form(cy, WAIVE)
    waiver.look(amount="1,000.00")
    assert waiver.write().request.path == waiver.write().request.path == "/ledger/100000/3"
    assert written() == 4


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_written(cy, nadia, missed, form, written):
    waiver, other = form(cy, WAIVE), form(nadia, WAIVE)
    waiver.look(amount="500")
    other.look(amount="300")
    other.write()
    answer = waiver.write()
    assert answer.status_code == 409
    assert "The account has changed meanwhile" in answer.text
    assert "USD 4,700.00</td><td><strong>USD 4,200.00" in plain(answer)
    assert written() == 4
    waiver.seen = answer.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert "It is in the ledger." in waiver.write().text


def test_above_the_limit_a_second_person_approves(cy, nadia, missed, form, written):
    waiver = form(cy, WAIVE)
    assert "more than one person may do alone" in waiver.look(amount="5000").text
    request = waiver.write()
    assert "It waits for a second person" in request.text
    assert "You asked for this, so somebody else has to approve it" in request.text
    assert written() == 3
    assert "Nothing waits for you" in cy.get("/ledger/approvals").text
    assert "waiting-count" not in cy.get("/ledger").text
    assert 'class="waiting-count">1<' in nadia.get("/").text
    assert "A letter of ours." in nadia.get("/ledger/approvals").text
    assert "waits for a second person" in nadia.get("/ledger/100000/1").text
    assert "Approve it" in nadia.get(request.request.path).text
    entry = approval(nadia, request)
    assert entry.request.path == "/ledger/100000/3"
    page = plain(entry)
    assert "Asked for by</dt><dd>Cy Young</dd>" in page
    assert "Approved by</dt><dd>Nadia Noor</dd>" in page
    assert "Nothing waits" in nadia.get("/ledger/approvals").text
    assert "waiting-count" not in nadia.get("/").text


def test_whoever_asked_cannot_approve_even_by_hand(cy, missed, form, written):
    waiver = form(cy, WAIVE)
    waiver.look(amount="5000")
    request = waiver.write()
    answer = cy.press(f"{request.request.path}/approve", seen="")
    assert (answer.status_code, written()) == (409, 3)
    assert "somebody else has to" in answer.text
    assert "Withdrawn. Nothing was written" in approval(cy, request, "withdraw").text
    late = cy.press(f"{request.request.path}/withdraw")
    assert late.status_code == 200


def test_a_rejection_needs_a_reason_and_keeps_it(cy, nadia, missed, form, written):
    waiver = form(cy, WAIVE)
    waiver.look(amount="5000")
    request = waiver.write()
    refused = approval(nadia, request, "reject", note=" ")
    assert refused.status_code == 422
    assert "Say why it is rejected." in refused.text
    assert "Too much." in approval(nadia, request, "reject", note="Too much.").text
    late = nadia.press(f"{request.request.path}/approve")
    assert late.status_code == 409
    assert "Nadia Noor has rejected it already." in late.text
    assert written() == 3


def test_an_approval_of_what_has_changed_is_shown_again(cy, nadia, missed, form, written):
    waiver = form(cy, WAIVE)
    waiver.look(amount="3000")
    request = waiver.write()
    seen = nadia.get(request.request.path).text.split('name="seen" value="')[1].split('"')[0]
    small = form(cy, WAIVE)
    small.look(amount="100")
    small.write()
    answer = nadia.press(f"{request.request.path}/approve", seen=seen)
    assert (answer.status_code, written()) == (409, 4)
    assert "USD 4,900.00</td><td><strong>USD 1,900.00" in plain(answer)
    again = form(cy, CORRECT)
    again.look(amount="2,000")
    approval(nadia, again.write())
    page = nadia.get(request.request.path).text
    assert "It cannot be written any more" in page
    assert "Approve it" not in page


def test_a_correction_is_what_it_should_stand_at(cy, missed, form):
    correction = form(cy, CORRECT)
    page = plain(correction.look(amount="5,500.50"))
    assert "USD 5,000.00</td><td><strong>USD 5,500.50" in page
    assert "Entry 1 is raised by USD 500.50" in plain(correction.write())


def test_a_payment_names_its_reference(cy, missed, form):
    payment = form(cy, PAY)
    assert "Type the payment&#39;s reference." in payment.look(amount="1000", reference="").text
    payment.look(amount="1000", reference="SWIFT-1")
    page = plain(payment.write())
    assert "USD 1,000.00 is paid, payment reference SWIFT-1" in page
    assert "USD 14,000.00" in cy.get("/ledger/100000").text


def test_a_dispute_is_recorded_found_and_ended(cy, missed, form):
    dispute = form(cy, "/ledger/100000/1/dispute")
    dispute.look()
    dispute.write()
    assert "Contoso" in cy.get("/ledger?dispute=open").text.split("<tbody", 2)[2]
    assert "Fabrikam" not in cy.get("/ledger?dispute=open").text.split("<tbody", 2)[2]
    assert "tag-late" in cy.get("/ledger/100000/1").text
    assert "disputed already" in form(cy, "/ledger/100000/1/dispute").look().text
    end = form(cy, "/ledger/100000/1/resolve")
    assert "Choose one." in end.look(outcome="maybe").text
    assert "Upheld: the customer was right" in end.look(outcome="upheld").text
    end.write()
    assert "Dispute upheld" in cy.get("/ledger/100000/1").text
    assert "Nothing matches" in cy.get("/ledger?dispute=open").text


def test_nothing_that_was_typed_is_lost_or_guessed(cy, missed, form, written):
    waiver = form(cy, WAIVE)
    for amount, words in {
        "": "Type an amount.",
        "12.345": "Write the amount like 12,500.00.",
        "1e3": "Write the amount like",
        "a lot": "Write the amount like",
        "-5": "Type an amount above zero.",
        "5,000.01": "Only USD 5,000.00 can be waived",
    }.items():
        answer = waiver.look(amount=amount, reason="Kept <b>words</b>")
        assert answer.status_code == 422, amount
        assert words in answer.text
        assert "Kept &lt;b&gt;words&lt;/b&gt;" in answer.text
    assert "Say why" in waiver.look(amount="1", reason=" ").text
    back = waiver.browser.press(WAIVE, **{**waiver.typed, "reason": "Kept words", "edit": "1"})
    assert (back.status_code, "Kept words" in back.text, written()) == (200, True, 3)


def test_amounts_are_typed_as_the_reader_writes_them(cy, world, missed, form):
    world.change_user("Cy", language="id")
    waiver = form(cy, WAIVE)
    assert "12.500,00" in cy.get(WAIVE).text
    assert waiver.look(amount="1.50").status_code == 422
    assert "USD 4.000,00" in waiver.look(amount="1.000,00").text


def test_an_auditor_sees_everything_and_changes_nothing(otto, cy, missed, form, written):
    assert otto.get("/ledger/100000").status_code == 200
    page = otto.get("/ledger/100000/1").text
    assert "/waive" not in page
    waiver = form(cy, WAIVE)
    waiver.look(amount="5000")
    request = waiver.write()
    page = otto.get(request.request.path).text
    assert "Approve it" not in page
    assert "It waits for a second person" in page
    assert otto.press(f"{request.request.path}/approve").status_code == 403
    assert otto.get(WAIVE).status_code == 403
    assert otto.get("/ledger/approvals").status_code == 403
    assert written() == 3


def test_an_engineer_sees_no_money(ada, missed):
    for path in ("/ledger/100000", "/ledger/100000/1", WAIVE, "/ledger/approvals"):
        assert ada.get(path).status_code == 403


def test_the_file_has_the_place_and_the_hash_of_each_entry(cy, world, missed, form):
    waiver = form(cy, WAIVE)
    waiver.look(amount="1000")
    waiver.write()
    text = cy.get("/ledger.csv?q=100000").get_data(as_text=True)
    with world.reading() as op:
        hashes = [entry.hash for entry in op.session.query(LedgerEntry).filter(LedgerEntry.sequence < 4)]
    assert sum(found in text for found in hashes) >= 3
    assert "sequence,refers_to,disputed,asked_by,approved_by,reason,previous_hash,hash" in text
    assert ",waiver,Contoso,100000,1,," in text
    assert "Cy Young,Cy Young,A letter of ours." in text
