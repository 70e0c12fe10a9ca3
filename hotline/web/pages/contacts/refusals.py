"""What the services refuse about numbers and rules, so that each sentence has its translation.

The services raise these sentences as they stand here; a test compares the two.
"""

from hotline.errors import HotlineError
from hotline.web.pages.words import gettext, marked

REFUSALS = frozenset(
    {
        marked("That is no complete international number; write it as +62215550100."),
        marked("That is too many codes. Wait an hour, then try again."),
        marked("That is enough of tests. Wait an hour, then try again."),
        marked("There is no service number to call from yet. Ask an admin."),
        marked("There is no verified number to try out. Add one first."),
        marked("There is no such number."),
        marked("Verify the number first."),
        marked("You have that number already."),
        marked("You have six numbers. Remove one first."),
        marked("Numbers of that country may not be called from here. Ask an admin."),
        marked("That number is verified by somebody else. They have to remove it first."),
        marked("Give the number a name, such as Mobile or Home."),
        marked("Another number of yours has that name."),
        marked("This is your last number and you are on a roster. Add and verify another first."),
        marked("There are at most eight rules."),
        marked("A rule names a number that is not yours or not verified."),
        marked("A rule waits between 0 and 15 minutes."),
        marked("Two rules are the same. Change one or remove it."),
        marked("At least one rule must be at once: a page does not wait."),
        marked("At least one rule must be a call: a text alone wakes nobody."),
        marked("By day no rule is at once: a page does not wait."),
        marked("By night no rule is at once: a page does not wait."),
        marked("By day no rule is a call: a text alone wakes nobody."),
        marked("By night no rule is a call: a text alone wakes nobody."),
        marked("The night must end at another time than it begins."),
        marked("Only a number can be the first."),
        marked("You have that address already."),
        marked("You have four addresses. Remove one first."),
        marked("That address is verified by somebody else. They have to remove it first."),
        marked("No mail server is set up here. Ask an admin."),
        marked("That is no e-mail address; write it as name@example.com."),
        marked("Only a webhook has a signing secret."),
        marked("That is no address of a webhook; copy it from the chat tool."),
        marked("That address is too long to be kept."),
        marked("An address with a password or a # in it is not taken."),
        marked("The address must begin with https://, so that nobody can read along."),
        marked("Your rules were changed meanwhile in another window. Look at them again."),
    }
)


def in_words(refusal: HotlineError) -> str:
    """A refusal in the viewer's language."""
    return gettext(str(refusal))
