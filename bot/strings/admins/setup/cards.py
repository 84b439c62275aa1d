"""What is on the cards of `/setup`, which only the admin sees who opened them."""

from collections.abc import Mapping, Sequence

from bot.domain.provider import Account, Checked, NotReady, Owner, Unchecked
from bot.domain.secrets.credentials import StoredCredentials
from bot.domain.secrets.forms import CredentialForm, CredentialMistake
from bot.strings.admins.setup.buttons import BACK, LET_ANSWER, TRY_AGAIN
from bot.strings.admins.setup.fields import TEXTS, field_text, label_of
from bot.strings.markup import MAX_NAME_CHARS, as_code, in_figures, in_phrase


def needs_server() -> str:
    """Return what is said if `/setup` is used in a direct message."""
    return "`/setup` gives a server its own chatbot. Please use it in a server where you have **Manage Server**."


def no_key() -> str:
    """Return what is said if the host has set no key to encrypt with."""
    return (
        "I can't keep a chatbot's keys for this server yet, because I have nothing to encrypt them with. "
        "The bot's host can change that: run `python -m bot new-key`, put the key into the setting `SECRET_KEY`, and "
        "restart me. Until then I store nothing here, and I don't ask you for anything."
    )


def not_a_member() -> str:
    """Return what is said in a server that has the bot's commands, but not the bot."""
    return (
        "I'm not a member of this server, so I can't keep a chatbot's keys for it: I erase them when I'm removed, and "
        "nobody would tell me. A server admin can add me to it."
    )


def card_forgotten() -> str:
    """Return what is said if somebody presses a button of a card that is too old, or from before an update."""
    return "I no longer know this card: it's over 15 minutes old, or I was restarted. Please use `/setup` again."


def entered_before_restart() -> str:
    """Return what is said above a form whose ids were entered before a restart, and so are not filled in."""
    return "I was restarted meanwhile, and I keep nothing that isn't saved. Please enter all of it once more."


def forgotten_meanwhile() -> str:
    """Return what is on a card whose person or server was forgotten while values were tried."""
    return (
        "I no longer know this card: while I tried the values, your data was erased or I was removed from the server. "
        "Nothing was saved. Please use `/setup` again."
    )


def not_your_card() -> str:
    """Return the refusal for somebody who uses another person's card."""
    return "Only the person who opened this card can use it. Please use `/setup` yourself."


def still_trying() -> str:
    """Return what is said if values are sent while others are being tried."""
    return "I'm still trying the values that you sent before. Please wait for that."


def describe_list(
    own: Mapping[str, StoredCredentials], labels: Mapping[str, str], shared: Sequence[str], *, is_shared: bool
) -> str:
    """Return what is on the first card: what the server has, and what the host's credentials do here.

    `shared` are the labels of the chatbots that the host has set up, of which servers may use all or none.
    """
    lines = [f"- {describe_stored(labels.get(name, name), name, stored)}" for name, stored in own.items()]
    if lines:
        first = "**This server's own chatbots**"
    else:
        first = "**This server has no chatbot of its own yet.** Choose a service, and I'll lead you to a first answer."
    return "\n".join([first, *lines, describe_shared(shared, is_shared=is_shared, has_own=bool(own))])


def describe_shared(shared: Sequence[str], *, is_shared: bool, has_own: bool) -> str:
    """Return what the host's credentials do in the server."""
    if not shared:
        return "The bot's host hasn't set up a chatbot for all servers."
    if not is_shared:
        return "The bot's host has chatbots too, but doesn't share them with servers."
    also = "also lets" if has_own else "lets"
    first = " Your own comes first." if has_own else ""
    return f"The bot's host {also} this server use {in_phrase(shared)}.{first}"


def describe_stored(label: str, provider: str, stored: StoredCredentials) -> str:
    """Return what is set for a provider: which fields, how long ago and by whom; never their values."""
    names = in_phrase([label_of(provider, name) for name in stored.fields])
    by = f" by <@{stored.saved_by}>" if stored.saved_by else ""  # who had their data erased is not named
    return f"**{label}**: {names}, set <t:{stored.saved_at}:R>{by}"


def ask_for_values(label: str, provider: str, forms: Sequence[CredentialForm]) -> str:
    """Return what is on the card of a provider that the server has no values for."""
    logins = TEXTS[provider].logins
    lines = [f"**{label}**: {TEXTS[provider].about}.", "You need:" if len(forms) == 1 else "You need one of these:"]
    for form in forms:
        if len(forms) > 1:
            lines.append(f"**{logins[form.name]}**")
        lines += [f"- **{text.label}**. {text.where}" for text in (field_text(provider, f.name) for f in form.fields)]
    lines.append(
        "I try the values before I save them. They are stored encrypted, used for this server only, "
        "and not shown to anybody again."
    )
    return "\n".join(lines)


def show_stored(label: str, provider: str, stored: StoredCredentials) -> str:
    """Return what is on the card of a provider that the server has values for."""
    return f"{describe_stored(label, provider, stored)}.\nI can't show you the values. You can change or remove them."


def trying(label: str) -> str:
    """Return what is on the card while values are tried."""
    return f"Trying this at {label}… This takes 20 seconds at most."


def mistake(provider: str, form: CredentialForm, found: CredentialMistake) -> str:
    """Return what is wrong with a value, in which field of the form."""
    field = label_of(provider, found.field)
    if found.problem is not None:
        return f"**{field}** {found.problem}."
    optional = [each.name for each in form.fields if each.is_secret and not each.is_required]
    if found.field in optional:
        return f"Please fill in {in_phrase([f'**{label_of(provider, name)}**' for name in optional], 'or')}."
    return f"**{field}** is empty. Please fill it in."


def swapped(provider: str, form: CredentialForm) -> str:
    """Return what is said if each of two values was entered in the other's field."""
    names = [label_of(provider, field.name) for field in form.fields if not field.is_address]
    return f"{in_phrase([f'**{name}**' for name in names])} seem to be swapped: each is in the other's field."


def too_slow(label: str, seconds: float) -> str:
    """Return what is said if a provider does not answer a trial in time."""
    return f"{label} didn't answer within {seconds:.0f} seconds, so I don't know whether the values are right."


def trial_broke() -> str:
    """Return what is said if a trial fails for a mistake of the bot's own."""
    return "Something went wrong on my side while I tried the values. The bot's host can find the cause in the log."


def not_saved(reason: str) -> str:
    """Return what is on the card after a trial of new values that failed for this reason."""
    return (
        f"⚠️ {reason}\nNothing was saved, and what was set before stays as it is. "
        f"**{TRY_AGAIN}** opens the form again. Please enter what is secret once more."
    )


def describe_trial(label: str, checked: Checked) -> str:
    """Return what a trial came to that did not fail."""
    match checked:
        case None:
            return f"{label} accepts these values."
        case Unchecked():
            return f"{label} has no free way to try these values: your first question will tell if they're right."
        case NotReady(failed=True):
            return f"{label} accepts these values, but training the chatbot failed there. Please train it again."
        case NotReady():
            return f"{label} accepts these values, but the chatbot is still in training. Please wait a few minutes."
        case Account():
            return _describe_account(label, checked)


def _describe_account(label: str, account: Account) -> str:
    name = f" The chatbot is {as_code(account.chatbot, MAX_NAME_CHARS)}." if account.chatbot.strip() else ""
    left = account.credits_left
    if account.is_used_up:
        credit = " It has no credits left: it answers once you add some."
    else:
        credit = "" if left is None else f" It has {in_figures(left)} credits left."
    return f"{label} accepts these values.{name}{credit}"


def saved(label: str, trial: str) -> str:
    """Return what is on the card once values are saved; `trial` tells how their trial went."""
    return f"✅ **{label} is set up for this server.** {trial}"


def changed_meanwhile(stored: str) -> str:
    """Return what is on the card if another admin saved values meanwhile; `stored` tells which are in force."""
    return f"Another admin changed this meanwhile. In force now:\n{stored}."


def tried(trial: str, stored: str, *, is_well: bool) -> str:
    """Return what is on the card after a trial of stored values, which were accepted if `is_well`."""
    return f"{'✅' if is_well else '⚠️'} {trial}\n{stored}."


def who_answers(label: str, owner: Owner, *, is_chosen: bool) -> str:
    """Return who answers in the channel of the card; `is_chosen` says that it is the provider of the card."""
    whose = "this server's values" if owner == "server" else "the host's values"
    here = f"**{label}** answers in this channel, with {whose}."
    how = "`/settings provider` chooses who answers in the whole server or in one channel."
    return f"{here} {how}" if is_chosen else f"{here} **{LET_ANSWER}** changes that. {how}"


def ask_to_remove(label: str, others: Sequence[str]) -> str:
    """Return the question whether to remove a provider's values; `others` can be asked after that."""
    then = f"Then {in_phrase(others, 'or')} can still be asked here." if others else "Then no chatbot answers here."
    return f"Remove this server's values for **{label}**? I delete them from my database at once. {then}"


def removed(label: str) -> str:
    """Return what is said once a provider's values are removed."""
    return f"I removed this server's values for **{label}**."


def no_longer_set(label: str) -> str:
    """Return what is said if somebody removed the values meanwhile that a button is about."""
    return f"This server no longer has values for **{label}**. Press **{BACK}** to see what is set."
