"""Every word a person reads, in English and German (*Sie*; *du* where a project asks for it)."""

from __future__ import annotations

from typing import NamedTuple

#: The languages a project may name. `de` says *Sie*, `de-du` says *du*.
LANGUAGES = ("en", "de", "de-du")


class Text(NamedTuple):
    en: str
    de: str
    du: str | None = None


def say(key: str, language: str, /, **values: object) -> str:
    """Return the text `key` in `language`, English for an unknown one, with `{placeholders}` filled in."""
    text = TEXTS[key]
    template = {"de": text.de, "de-du": text.du or text.de}.get(language, text.en)
    return template.format(**values)


def language_for(locale: str | None, otherwise: str) -> str:
    """Return the language for one reader: their locale's (`de-DE`) if we speak it, or `otherwise`.

    A project that says *du* says so to all who read German.
    """
    base = (locale or "").partition("-")[0].lower()
    return base if base in LANGUAGES and base != otherwise.partition("-")[0] else otherwise


def at_the_door(kind: str, reason: str, who: str, project: str, language: str) -> str:
    """Say why a place of staff (`shut`) or of customers (`away`) gets nothing now, or that this is over."""
    who = who or say(f"{kind}.somebody", language, project=project)
    return say(f"{kind}.{reason}", language, who=who, project=project)


def duration(minutes: int) -> str:
    """Write minutes as people do: `1 h 30`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def filesize(size: int) -> str:
    """Write a number of bytes as people do: `2.1 GB`, `640 kB`."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}".replace(".0 ", " ")
    return f"{size} B"


class Refused(Exception):
    """An expected no: nothing was changed. Carries the words the person will read.

    `field` names the form field the words belong beside, where there is one.
    """

    def __init__(self, key: str, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.values = values

    def words(self, language: str) -> str:
        """Say why, and what to do instead, in `language`."""
        return say(self.key, language, **self.values)


TEXTS: dict[str, Text] = {
    # statuses and priorities, as people read them
    "status.open": Text("Open", "Offen"),
    "status.in_progress": Text("In progress", "In Arbeit"),
    "status.pending": Text("Waiting for the customer", "Wartet auf den Kunden"),
    "status.pending.customer": Text("Waiting for you", "Wartet auf Sie", "Wartet auf dich"),
    "status.on_hold": Text("On hold", "Zurückgestellt"),
    "status.closed": Text("Closed", "Geschlossen"),
    "priority.low": Text("Low", "Niedrig"),
    "priority.normal": Text("Normal", "Normal"),
    "priority.high": Text("High", "Hoch"),
    "priority.urgent": Text("Urgent", "Dringend"),
    # the customer card
    "card.assigned": Text("{name} is on it", "{name} kümmert sich darum"),
    "card.opened": Text("opened by {name} {when}", "eröffnet von {name} {when}"),
    "card.opened.when": Text("opened {when}", "eröffnet {when}"),
    "card.follows": Text("takes up {key}", "schließt an {key} an"),
    "card.customer.hint": Text(
        "Answer in this thread. Everything here can be seen by both of us.",
        "Antworten Sie in diesem Thread. Alles hier sehen wir beide.",
        "Antworte in diesem Thread. Alles hier sehen wir beide.",
    ),
    "card.customer.hint.closed": Text(
        "This ticket is closed. Write here within {days} days to open it again, or mention me for a new one.",
        "Dieses Ticket ist geschlossen. Schreiben Sie innerhalb von {days} Tagen hier, um es wieder zu"
        " öffnen, oder erwähnen Sie mich für ein neues.",
        "Dieses Ticket ist geschlossen. Schreib innerhalb von {days} Tagen hier, um es wieder zu öffnen,"
        " oder erwähne mich für ein neues.",
    ),
    "button.comment": Text("Add to this ticket", "Etwas hinzufügen"),
    "form.comment.title": Text("Add to the ticket", "Etwas hinzufügen"),
    "form.comment.text": Text(
        "What would you like to add?", "Was möchten Sie hinzufügen?", "Was möchtest du hinzufügen?"
    ),
    "form.comment.submit": Text("Add", "Hinzufügen"),
    "card.close": Text("Close, it is solved", "Schließen, es ist gelöst"),
    # the staff card
    "card.customer_sees": Text("the customer sees: {status}", "der Kunde sieht: {status}"),
    "card.customer_sees_nobody": Text("nobody yet", "noch niemanden"),
    "card.unassigned": Text("nobody yet", "noch niemand"),
    "card.priority": Text("Priority: {priority}", "Priorität: {priority}"),
    "card.booked": Text("{time} booked", "{time} gebucht"),
    "card.rated": Text("rated {stars} of 5", "mit {stars} von 5 bewertet"),
    "card.staff.hint": Text(
        "This thread is ours: what you write here stays here. To answer, press Reply to customer or write"
        " `@Halfdoor reply …`.",
        "Dieser Thread gehört uns: Was Sie hier schreiben, bleibt hier. Zum Antworten drücken Sie"
        " „Dem Kunden antworten“ oder schreiben `@Halfdoor reply …`.",
        "Dieser Thread gehört uns: Was du hier schreibst, bleibt hier. Zum Antworten drück „Dem Kunden"
        " antworten“ oder schreib `@Halfdoor reply …`.",
    ),
    "button.reply": Text("Reply to customer", "Dem Kunden antworten"),
    "button.note": Text("Note", "Notiz"),
    "button.status": Text("Status", "Status"),
    "button.assign": Text("Assign", "Zuweisen"),
    "button.close": Text("Close", "Schließen"),
    "button.join": Text("Join", "Beitreten"),
    "button.read": Text("Read it again", "Noch einmal lesen"),
    "form.record.title": Text("The public record", "Öffentlicher Verlauf"),
    "button.reopen": Text("It is not solved", "Es ist nicht gelöst"),
    "button.reopen.staff": Text("Reopen", "Wieder öffnen"),
    "button.recall": Text("Recall", "Zurückholen"),
    "confirm.recall": Text(
        "It disappears from the customer's side. In here it stays, struck through.",
        "Beim Kunden verschwindet sie. Hier bleibt sie durchgestrichen stehen.",
    ),
    "confirm.recall.title": Text("Take this reply back?", "Antwort zurückholen?"),
    "button.edit": Text("Edit", "Bearbeiten"),
    "button.open": Text("Open a ticket", "Ticket eröffnen"),
    # posts
    "author.team": Text("{name} (Support)", "{name} (Support)"),
    "author.customer": Text("{name} ({project})", "{name} ({project})"),
    "author.mark": Text("(Support)", "(Support)"),
    "name.customer": Text("customer “{name}”", "Kunde „{name}“"),
    "name.none": Text("somebody without a name", "jemand ohne Namen"),
    "post.public": Text("public", "öffentlich"),
    "post.published": Text("{name} → customer", "{name} → Kunde"),
    "post.internal": Text("internal note", "interne Notiz"),
    "post.lost": Text("no longer where it was written", "nicht mehr dort, wo es geschrieben wurde"),
    "post.edited": Text("(edited)", "(bearbeitet)"),
    "post.deleted": Text("This message was deleted.", "Diese Nachricht wurde gelöscht."),
    "post.recalled": Text("recalled by {name} {when}", "von {name} {when} zurückgeholt"),
    "post.recalled.line": Text(
        "{sign} · recalled by {name} {when}", "{sign} · von {name} {when} zurückgeholt"
    ),
    "post.recalled.stub": Text("This message was taken back.", "Diese Nachricht wurde zurückgenommen."),
    # the closing notice
    "closing.solved": Text("{key} is solved.", "{key} ist gelöst."),
    "closing.writes": Text("{name} writes:", "{name} schreibt:"),
    "closing.how": Text("How was it? 1 is poor, 5 is great.", "Wie war es? 1 ist schlecht, 5 ist sehr gut."),
    "closing.rated": Text("You gave {stars} of 5. Thank you.", "Bewertung: {stars} von 5. Danke."),
    "closing.window": Text(
        "Anything you write here until {when} opens it again.",
        "Alles, was Sie bis {when} hier schreiben, öffnet es wieder.",
        "Alles, was du bis {when} hier schreibst, öffnet es wieder.",
    ),
    "closing.fallback": Text(
        "No buttons? Write `@Halfdoor rate 5` or `@Halfdoor reopen` here.",
        "Keine Knöpfe? Schreiben Sie hier `@Halfdoor rate 5` oder `@Halfdoor reopen`.",
        "Keine Knöpfe? Schreib hier `@Halfdoor rate 5` oder `@Halfdoor reopen`.",
    ),
    "closing.reopened": Text("{name} opened it again.", "{name} hat es wieder geöffnet."),
    "closing.expired": Text(
        "The time to open it again is over. Anything you write here starts a new ticket.",
        "Die Zeit zum Wiederöffnen ist vorbei. Was Sie hier schreiben, beginnt ein neues Ticket.",
        "Die Zeit zum Wiederöffnen ist vorbei. Was du hier schreibst, beginnt ein neues Ticket.",
    ),
    # what staff are told in the staff thread
    "notice.closed": Text("{name} closed the ticket.", "{name} hat das Ticket geschlossen."),
    "notice.reopened": Text("{name} opened the ticket again.", "{name} hat das Ticket wieder geöffnet."),
    "notice.rated": Text("{name} rated it {stars} of 5.", "{name} hat mit {stars} von 5 bewertet."),
    "notice.continued": Text(
        "{name} wrote again after the reopen window: it goes on in {key}.",
        "{name} hat nach der Frist wieder geschrieben: Es geht in {key} weiter.",
    ),
    "notice.thread_lost.staff": Text(
        "The former thread was deleted. Everything that was said stands here again.",
        "Der bisherige Thread wurde gelöscht. Alles, was gesagt wurde, steht hier wieder.",
    ),
    "notice.thread_lost.customer": Text(
        "The customer's thread was deleted. A new one is there; what was said before stands here.",
        "Der Thread des Kunden wurde gelöscht. Es gibt einen neuen; was vorher gesagt wurde, steht hier.",
    ),
    "notice.set_aside": Text(
        "I could not bring this to the customer: {what}. The network said: {reason}. Nothing is lost:"
        " `halfdoor deliveries retry {id}` sends it once the cause is mended.",
        "Das konnte ich nicht zum Kunden bringen: {what}. Das Netzwerk sagte: {reason}. Nichts ist"
        " verloren: `halfdoor deliveries retry {id}` sendet es, sobald die Ursache behoben ist.",
    ),
    "notice.set_aside.staff": Text(
        "I could not show this here: {what}. The network said: {reason}. Nothing is lost:"
        " `halfdoor deliveries retry {id}` shows it once the cause is mended.",
        "Das konnte ich hier nicht zeigen: {what}. Das Netzwerk sagte: {reason}. Nichts ist verloren:"
        " `halfdoor deliveries retry {id}` zeigt es, sobald die Ursache behoben ist.",
    ),
    "notice.no_card": Text(
        "I could not post the card of {key} here. The network said: {reason}. Nothing is lost:"
        " `halfdoor deliveries retry --all` posts it once the cause is mended.",
        "Die Karte von {key} konnte ich hier nicht posten. Das Netzwerk sagte: {reason}. Nichts ist verloren:"
        " `halfdoor deliveries retry --all` postet sie, sobald die Ursache behoben ist.",
    ),
    "notice.bots": Text(
        "Bots wrote {n} times here within {minutes} minutes, as if they answered each other. Until it is quieter"
        " I leave out what they say: it stands where they said it.",
        "Bots haben hier {n}-mal in {minutes} Minuten geschrieben, als antworteten sie einander. Bis es ruhiger"
        " ist, lasse ich weg, was sie sagen: Es steht dort, wo sie es sagten.",
    ),
    "what.note": Text("a note by {name}", "eine Notiz von {name}"),
    "what.message": Text("a message by {name}", "eine Nachricht von {name}"),
    "what.card": Text("the ticket's card", "die Karte des Tickets"),
    "what.closing": Text("the closing notice", "die Abschlussnachricht"),
    "what.something": Text("something", "etwas"),
    "post.part": Text("{n} of {of}", "{n} von {of}"),
    "file.named": Text("{name}", "{name}"),
    "file.named.size": Text("{name} ({size})", "{name} ({size})"),
    "file.too_large": Text(
        "“{name}” ({size}) is larger than I may copy ({limit}): open it in {place}.",
        "„{name}“ ({size}) ist größer, als ich kopieren darf ({limit}): bitte in {place} öffnen.",
    ),
    "file.elsewhere": Text(
        "“{name}” can only be opened in {place}.", "„{name}“ lässt sich nur in {place} öffnen."
    ),
    "file.refused.empty": Text(
        "“{name}” is empty: there is nothing in it to bring here.",
        "„{name}“ ist leer: Es gibt nichts, das hierher zu bringen wäre.",
    ),
    "file.refused.type": Text(
        "“{name}” could not be brought here: files of this kind are not allowed. Please ask for it in another way.",
        "„{name}“ ließ sich nicht hierher bringen: Solche Dateien sind nicht erlaubt. Bitte fragen Sie auf anderem"
        " Weg danach.",
        "„{name}“ ließ sich nicht hierher bringen: Solche Dateien sind nicht erlaubt. Bitte frag auf anderem Weg"
        " danach.",
    ),
    "file.refused.size": Text(
        "“{name}” ({size}) could not be brought here: it is larger than is allowed. Please ask for it in another"
        " way.",
        "„{name}“ ({size}) ließ sich nicht hierher bringen: Die Datei ist größer als erlaubt. Bitte fragen Sie auf"
        " anderem Weg danach.",
        "„{name}“ ({size}) ließ sich nicht hierher bringen: Die Datei ist größer als erlaubt. Bitte frag auf anderem"
        " Weg danach.",
    ),
    "file.refused.off": Text(
        "“{name}” could not be brought here: files are switched off. Please ask for it in another way.",
        "„{name}“ ließ sich nicht hierher bringen: Dateien sind abgeschaltet. Bitte fragen Sie auf anderem Weg"
        " danach.",
        "„{name}“ ließ sich nicht hierher bringen: Dateien sind abgeschaltet. Bitte frag auf anderem Weg danach.",
    ),
    "file.refused.full": Text(
        "“{name}” could not be brought here: there is no room left for files. Please ask for it in another way.",
        "„{name}“ ließ sich nicht hierher bringen: Für Dateien ist kein Platz mehr. Bitte fragen Sie auf anderem Weg"
        " danach.",
        "„{name}“ ließ sich nicht hierher bringen: Für Dateien ist kein Platz mehr. Bitte frag auf anderem Weg"
        " danach.",
    ),
    "file.not_here": Text(
        "“{name}” could not be brought here. Please ask for it in another way.",
        "„{name}“ ließ sich nicht hierher bringen. Bitte fragen Sie auf anderem Weg danach.",
        "„{name}“ ließ sich nicht hierher bringen. Bitte frag auf anderem Weg danach.",
    ),
    "title.deleted": Text("(deleted)", "(gelöscht)"),
    "title.none": Text("No words", "Ohne Worte"),
    # the guard at the door
    "shut.shared": Text(
        "I have stopped posting here: this channel is now shared with {who}. Internal messages wait until it is"
        " private again or `/ticket setup` names another.",
        "Ich schreibe hier nicht mehr: Dieser Kanal ist jetzt mit {who} geteilt. Interne Nachrichten warten, bis"
        " er wieder privat ist oder `/ticket setup` einen anderen nennt.",
    ),
    "shut.pending": Text(
        "I have stopped posting here: this channel is about to be shared with {who}. Internal messages wait until"
        " the invitation is withdrawn or `/ticket setup` names another channel.",
        "Ich schreibe hier nicht mehr: Dieser Kanal soll mit {who} geteilt werden. Interne Nachrichten warten,"
        " bis die Einladung zurückgezogen ist oder `/ticket setup` einen anderen nennt.",
    ),
    "shut.public": Text(
        "I have stopped posting here: this channel is public now. Internal messages wait until it is private again"
        " or `/ticket setup` names another.",
        "Ich schreibe hier nicht mehr: Dieser Kanal ist jetzt öffentlich. Interne Nachrichten warten, bis er"
        " wieder privat ist oder `/ticket setup` einen anderen nennt.",
    ),
    "shut.guests": Text(
        "I have stopped posting here: there are guests in this channel ({who}), and guests count as customers."
        " Internal messages wait until they have left or `/ticket setup` names another channel.",
        "Ich schreibe hier nicht mehr: In diesem Kanal sind Gäste ({who}), und Gäste zählen als Kunden. Interne"
        " Nachrichten warten, bis sie gegangen sind oder `/ticket setup` einen anderen nennt.",
    ),
    "shut.archived": Text(
        "The staff channel of {project} is archived. Internal messages wait until it is unarchived or"
        " `/ticket setup` names another.",
        "Der Teamkanal von {project} ist archiviert. Interne Nachrichten warten, bis er wieder geöffnet ist oder"
        " `/ticket setup` einen anderen nennt.",
    ),
    "shut.unseen": Text(
        "I am not in the staff channel of {project} any more. Internal messages wait until somebody invites me"
        " again or `/ticket setup` names another.",
        "Ich bin nicht mehr im Teamkanal von {project}. Interne Nachrichten warten, bis mich jemand wieder einlädt"
        " oder `/ticket setup` einen anderen nennt.",
    ),
    "shut.permissions": Text(
        "I cannot work here any more: I lack {who}. Internal messages wait until I may again or `/ticket setup`"
        " names another channel.",
        "Ich kann hier nicht mehr arbeiten: Mir fehlt {who}. Interne Nachrichten warten, bis ich wieder darf oder"
        " `/ticket setup` einen anderen Kanal nennt.",
    ),
    "shut.over": Text(
        "This channel is ours alone again: I go on, with what has waited.",
        "Dieser Kanal gehört wieder nur uns: Es geht weiter, mit allem, was gewartet hat.",
    ),
    "shut.somebody": Text("another organisation", "einer anderen Organisation"),
    # customers' places that cannot be reached
    "away.archived": Text(
        "{who} is archived, so nothing reaches {project} there. What is meant for them waits, and goes out when it"
        " is unarchived.",
        "{who} ist archiviert, dort erreicht {project} nichts mehr. Was für sie bestimmt ist, wartet und geht"
        " hinaus, sobald der Kanal wieder geöffnet ist.",
    ),
    "away.unseen": Text(
        "I can no longer see {who}, so nothing reaches {project} there. What is meant for them waits until"
        " somebody lets me in again or `/ticket setup` names another channel.",
        "Ich sehe {who} nicht mehr und erreiche {project} dort nicht. Was für sie bestimmt ist, wartet, bis mich"
        " jemand wieder einlädt oder `/ticket setup` einen anderen Kanal nennt.",
    ),
    "away.permissions": Text(
        "I cannot work in the customer's channel any more: {who}. What is meant for {project} waits until I may"
        " again or `/ticket setup` names another channel.",
        "Ich kann im Kanal des Kunden nicht mehr arbeiten: {who}. Was für {project} bestimmt ist, wartet, bis ich"
        " wieder darf oder `/ticket setup` einen anderen Kanal nennt.",
    ),
    "away.over": Text(
        "I can reach {project} again: what has waited goes out now.",
        "Ich erreiche {project} wieder: Was gewartet hat, geht jetzt hinaus.",
    ),
    "away.somebody": Text("the channel of {project}", "dem Kanal von {project}"),
    # the panel
    "panel.title": Text("How can we help?", "Wie können wir helfen?"),
    "panel.body": Text(
        "Press the button to open a ticket, or mention @Halfdoor with your question.",
        "Drücken Sie den Knopf, um ein Ticket zu eröffnen, oder erwähnen Sie @Halfdoor mit Ihrer Frage.",
        "Drück den Knopf, um ein Ticket zu eröffnen, oder erwähne @Halfdoor mit deiner Frage.",
    ),
    # forms
    "form.open.title": Text("Open a ticket", "Ticket eröffnen"),
    "form.open.subject": Text("What is it about?", "Worum geht es?"),
    "form.open.text": Text("What happened?", "Was ist passiert?"),
    "form.files": Text("Files", "Dateien"),
    "form.open.submit": Text("Open ticket", "Eröffnen"),
    "form.reply.title": Text("Reply", "Antworten"),
    "form.reply.text": Text("Your reply", "Ihre Antwort", "Deine Antwort"),
    "form.reply.seen_as": Text(
        "The customer will see this as “{author}” in {place}.",
        "Der Kunde sieht dies als „{author}“ in {place}.",
    ),
    "form.reply.submit": Text("Send to customer", "An Kunden senden"),
    "form.edit.title": Text("Edit the reply", "Antwort bearbeiten"),
    "form.edit.submit": Text("Change for customer", "Für Kunden ändern"),
    "form.publish.title": Text("Send to customer", "An Kunden senden"),
    "form.publish.submit": Text("Send to customer", "An Kunden senden"),
    "form.publish.shown": Text("The customer will get this:", "Das bekommt der Kunde:"),
    "form.words.title": Text("Halfdoor", "Halfdoor"),
    "form.note.title": Text("Note", "Notiz"),
    "form.note.text": Text("Your note", "Ihre Notiz", "Deine Notiz"),
    "form.note.hint": Text("It stays behind the door.", "Sie bleibt hinter der Tür."),
    "form.note.submit": Text("Keep note", "Notiz behalten"),
    "form.status.title": Text("Status", "Status"),
    "form.status.status": Text("New status", "Neuer Status"),
    "form.visibility": Text("Who may see it?", "Wer darf es sehen?"),
    "form.visibility.public": Text("The customer too", "Auch der Kunde"),
    "form.visibility.internal": Text("Only us", "Nur wir"),
    "form.status.submit": Text("Set status", "Setzen"),
    "form.assign.title": Text("Assign", "Zuweisen"),
    "form.assign.to": Text("To whom? Leave empty for nobody.", "An wen? Leer lassen für niemanden."),
    "form.assign.submit": Text("Assign", "Zuweisen"),
    "form.close.title": Text("Close the ticket", "Ticket schließen"),
    "form.close.resolution": Text("Resolution, for the customer", "Lösung, für den Kunden"),
    "form.close.reason": Text("Reason, for us alone", "Grund, nur für uns"),
    "form.close.hint": Text("The customer is told at once.", "Der Kunde erfährt es sofort."),
    "form.close.submit": Text("Close", "Schließen"),
    "form.cancel": Text("Cancel", "Abbrechen"),
    "form.preview.title": Text("As the customer sees", "Sicht des Kunden"),
    "form.preview.left_out": Text(
        "{n} older posts do not fit here. They stand in the customer's thread.",
        "{n} ältere Beiträge passen nicht hierher. Sie stehen im Thread des Kunden.",
    ),
    "form.setup.title": Text("Set up Halfdoor", "Halfdoor einrichten"),
    "form.setup.key": Text("Project key, such as ACME", "Projektkürzel, etwa ACME"),
    "form.setup.name": Text("Customer's name", "Name des Kunden"),
    "form.setup.language": Text("Language", "Sprache"),
    "form.setup.customer": Text("Channel shared with the customer", "Mit dem Kunden geteilter Kanal"),
    "form.setup.staff": Text("Private channel of your team", "Privater Kanal des Teams"),
    "form.setup.submit": Text("Link", "Verbinden"),
    "form.setup.every": Text("What opens a ticket there?", "Was eröffnet dort ein Ticket?"),
    "form.setup.every.no": Text("The button, a mention or 🎫", "Der Knopf, eine Erwähnung oder 🎫"),
    "form.setup.every.yes": Text("Every message of a customer", "Jede Nachricht eines Kunden"),
    "language.en": Text("English", "Englisch"),
    "language.de": Text("German, formal (Sie)", "Deutsch (Sie)"),
    "language.de-du": Text("German, informal (du)", "Deutsch (du)"),
    # answers to the one who asked
    "done.opened": Text("{key} is open.", "{key} ist eröffnet."),
    "done.said": Text("The customer has it now ({key}).", "Der Kunde hat es jetzt ({key})."),
    "done.comment": Text("Added to {key}.", "Zu {key} hinzugefügt."),
    "done.noted": Text("Noted on {key}. It stays in here.", "Bei {key} notiert. Es bleibt hier drin."),
    "done.noted.public": Text(
        " To show it to the customer, write `public: …`.", " Um es dem Kunden zu zeigen: `public: …`."
    ),
    "done.erased": Text("It is deleted.", "Es ist gelöscht."),
    "done.edited": Text("Changed for the customer too.", "Auch für den Kunden geändert."),
    "done.recalled": Text("It is gone from the customer's side.", "Es ist beim Kunden verschwunden."),
    "done.status": Text("{key}: {status}.", "{key}: {status}."),
    "done.status.internal": Text(
        "{key}: {status}. The customer still sees: {public}.",
        "{key}: {status}. Der Kunde sieht weiter: {public}.",
    ),
    "done.assigned": Text("{key} is with {name}.", "{key} liegt bei {name}."),
    "done.assigned.internal": Text(
        "{key} is with {name}. The customer is not told.",
        "{key} liegt bei {name}. Der Kunde erfährt es nicht.",
    ),
    "done.unassigned": Text("{key} is with nobody.", "{key} liegt bei niemandem."),
    "done.priority": Text("{key} has priority {priority}.", "{key} hat die Priorität {priority}."),
    "done.tags": Text("{key} is tagged: {tags}.", "{key} trägt: {tags}."),
    "done.title": Text("{key} is now called “{title}”.", "{key} heißt jetzt „{title}“."),
    "done.time": Text(
        "{time} booked on {key}, {total} in all.", "{time} auf {key} gebucht, {total} insgesamt."
    ),
    "done.closed": Text("{key} is closed.", "{key} ist geschlossen."),
    "done.closed.reason": Text(
        "{key} is closed. What you wrote stays in here, as a note. To show words to the customer, write"
        " `public: …`.",
        "{key} ist geschlossen. Was Sie schrieben, bleibt hier, als Notiz. Um dem Kunden etwas zu zeigen,"
        " schreiben Sie `public: …`.",
        "{key} ist geschlossen. Was du schriebst, bleibt hier, als Notiz. Um dem Kunden etwas zu zeigen,"
        " schreib `public: …`.",
    ),
    "done.closed.resolution": Text(
        "{key} is closed. The customer reads what you wrote.",
        "{key} ist geschlossen. Der Kunde liest, was Sie schrieben.",
        "{key} ist geschlossen. Der Kunde liest, was du schriebst.",
    ),
    "done.closed.both": Text(
        "{key} is closed. The customer reads your resolution; your reason stays in here, as a note.",
        "{key} ist geschlossen. Der Kunde liest die Lösung; der Grund bleibt hier, als Notiz.",
    ),
    "done.closed.customer": Text(
        "{key} is closed. The team reads what you wrote.",
        "{key} ist geschlossen. Das Team liest, was Sie schrieben.",
        "{key} ist geschlossen. Das Team liest, was du schriebst.",
    ),
    "done.reopened": Text("{key} is open again.", "{key} ist wieder offen."),
    "done.rated": Text("Thank you.", "Danke."),
    "done.linked": Text(
        "{key} is set up: customers in {customer}, your team in {staff}. `/ticket panel` posts the button"
        " into the customer channel.",
        "{key} ist eingerichtet: Kunden in {customer}, das Team in {staff}. `/ticket panel` setzt den Knopf"
        " in den Kundenkanal.",
    ),
    "done.added": Text("It belongs to {key} now.", "Es gehört jetzt zu {key}."),
    "done.joined": Text(
        "These accounts are yours:\n{names}",
        "Diese Konten gehören Ihnen:\n{names}",
        "Diese Konten gehören dir:\n{names}",
    ),
    "whoami": Text(
        "I know you as:\n{names}\nTo join an account on another network, write `/ticket whoami {code}` there"
        " within ten minutes. Show the code to nobody.",
        "Ich kenne Sie als:\n{names}\nUm ein Konto in einem anderen Netzwerk zu verbinden, schreiben Sie dort"
        " innerhalb von zehn Minuten `/ticket whoami {code}`. Zeigen Sie den Code niemandem.",
        "Ich kenne dich als:\n{names}\nUm ein Konto in einem anderen Netzwerk zu verbinden, schreib dort"
        " innerhalb von zehn Minuten `/ticket whoami {code}`. Zeig den Code niemandem.",
    ),
    "duty": Text("On duty: {names}.", "Im Dienst: {names}."),
    "done.panel": Text("The panel is on its way.", "Die Tafel ist unterwegs."),
    "said.otherwise": Text(
        "Your earlier words have arrived, and these are others. If they are still to be said, send them once more.",
        "Der frühere Text ist schon angekommen, und dieser ist ein anderer. Soll er auch gesagt sein, bitte noch"
        " einmal senden.",
    ),
    "said.no_command": Text(
        "This looks like a command. I take one only from a message that begins with my mention, picked from"
        " the list as you type, with nothing before it and no formatting.",
        "Das sieht wie ein Befehl aus. Ich nehme ihn nur aus einer Nachricht an, die mit meiner Erwähnung"
        " beginnt, beim Tippen aus der Liste gewählt, ohne etwas davor und ohne Formatierung.",
    ),
    "said.forwarded": Text("{name} wrote:", "{name} schrieb:"),
    "said.forwarded.in": Text("{name} wrote in {place}:", "{name} schrieb in {place}:"),
    "said.somebody": Text("Somebody", "Jemand"),
    "said.mail_from": Text("E-mail from {name}", "E-Mail von {name}"),
    "said.huddle": Text(
        "{name} began a huddle: it is in {place}.", "{name} hat ein Huddle begonnen: in {place}."
    ),
    "said.direct": Text(
        "Nobody reads along here. Please write in the channel that you share with the team: mention me there"
        " to open a ticket, or answer in its thread.",
        "Hier liest niemand mit. Bitte schreiben Sie in dem Kanal, den Sie mit dem Team teilen: Dort eröffnet"
        " eine Erwähnung von mir ein Ticket, und Antworten gehören in seinen Thread.",
        "Hier liest niemand mit. Bitte schreib in dem Kanal, den du mit dem Team teilst: Dort eröffnet eine"
        " Erwähnung von mir ein Ticket, und Antworten gehören in seinen Thread.",
    ),
    "said.stayed": Text(
        "Your message stayed in here, the customer has not seen it.",
        "Ihre Nachricht blieb hier, der Kunde hat sie nicht gesehen.",
        "Deine Nachricht blieb hier, der Kunde hat sie nicht gesehen.",
    ),
    "said.reply_unchanged": Text(
        "That is no longer a reply, so the customer still sees the former one. Press Recall to take it back.",
        "Das ist keine Antwort mehr, der Kunde sieht also weiter die frühere. „Zurückholen“ nimmt sie zurück.",
    ),
    "said.edit_sends_nothing": Text(
        "An edit never sends anything: the customer has not seen it. Write it as a new message.",
        "Eine Bearbeitung sendet nie etwas: Der Kunde hat es nicht gesehen. Bitte als neue Nachricht schreiben.",
    ),
    "form.ready": Text("Your form is ready.", "Ihr Formular ist da.", "Dein Formular ist da."),
    "form.ready.open": Text("Open the form", "Formular öffnen"),
    "said.not_carried": Text(
        "{name} posted {what} that I cannot bring along: look at it in {place}.",
        "{name} hat {what} geschickt, was ich nicht mitbringen kann: Bitte in {place} ansehen.",
    ),
    "said.forwarded.unnamed": Text("Forwarded:", "Weitergeleitet:"),
    "said.answers": Text("In answer to {name}", "Antwort an {name}"),
    "said.poll": Text("A poll: {question}", "Eine Umfrage: {question}"),
    "said.raised_before": Text("That belongs to {key} already.", "Das gehört schon zu {key}."),
    "said.outside_thread": Text(
        "Write this in the thread of a ticket.", "Bitte im Thread eines Tickets schreiben."
    ),
    "list.title": Text("{n} tickets of {project}", "{n} Tickets von {project}"),
    "list.empty": Text("No tickets.", "Keine Tickets."),
    "list.more": Text("… and {n} more.", "… und {n} weitere."),
    "home.mine": Text("Yours: {n}", "Ihre: {n}", "Deine: {n}"),
    "home.unassigned": Text("Nobody is on these: {n}", "Noch ohne jemanden: {n}"),
    "home.waiting": Text("Waiting for the customer: {n}", "Warten auf den Kunden: {n}"),
    "home.nothing": Text("Nothing here.", "Nichts."),
    "home.customer": Text(
        "*How can we help?*\nOpen a ticket in the channel that you share with us: press *Open a ticket* there,"
        " put 🎫 on a message, or mention {bot} with your question. You will find the answers in the ticket's"
        " thread, and here you need do nothing.",
        "*Wie können wir helfen?*\nEröffnen Sie ein Ticket in dem Kanal, den Sie mit uns teilen: Drücken Sie dort"
        " *Ticket eröffnen*, setzen Sie 🎫 an eine Nachricht oder erwähnen Sie {bot} mit Ihrer Frage. Die Antworten"
        " stehen im Thread des Tickets, hier müssen Sie nichts tun.",
    ),
    "desk.title": Text("The desk of {project}", "Die Tickets von {project}"),
    "time.title": Text("Time on {key}: {total}", "Zeit auf {key}: {total}"),
    # refusals
    "no.ticket": Text("There is no ticket {key} here.", "Hier gibt es kein Ticket {key}."),
    "no.command": Text("I don't know “{word}”.", "Ich kenne „{word}“ nicht."),
    "no.command.nearest": Text(
        "I don't know “{word}”. Did you mean *{nearest}*?",
        "Ich kenne „{word}“ nicht. Meinten Sie *{nearest}*?",
        "Ich kenne „{word}“ nicht. Meintest du *{nearest}*?",
    ),
    "no.usage": Text("Write it like this: `{usage}`.", "Bitte so schreiben: `{usage}`."),
    "no.value": Text("“{value}” is not one of: {choices}.", "„{value}“ ist keins von: {choices}."),
    "no.filter": Text(
        "I don't know the filter “{word}”; I know {choices}. To look for it as a word, put it in quotes.",
        "Den Filter „{word}“ kenne ich nicht; ich kenne {choices}. Als Wort suche ich es in Anführungszeichen.",
    ),
    "no.filter.nearest": Text(
        "I don't know the filter “{word}”. Did you mean *{nearest}*? To look for it as a word, put it in quotes.",
        "Den Filter „{word}“ kenne ich nicht. Meinten Sie *{nearest}*? Als Wort suche ich es in Anführungszeichen.",
        "Den Filter „{word}“ kenne ich nicht. Meintest du *{nearest}*? Als Wort suche ich es in Anführungszeichen.",
    ),
    "no.filter.person": Text(
        "I don't know who “{word}” is. Choose the person while you type, or put the words in quotes to look for them.",
        "Ich weiß nicht, wer „{word}“ ist. Bitte die Person beim Tippen auswählen; Wörter suche ich in Anführungszeichen.",
    ),
    "no.project": Text(
        "This channel is not set up yet. A member of your team can do it with `/ticket setup`.",
        "Dieser Kanal ist noch nicht eingerichtet. Ein Mitglied des Teams kann das mit `/ticket setup` tun.",
    ),
    "no.staff_only": Text("Only the support team can do that.", "Das kann nur das Support-Team."),
    "no.unknown": Text(
        "I cannot see your team's channel right now, so I do not know whether you are on the team. Nothing went"
        " to the customer. Invite me to the channel again.",
        "Ich sehe den Kanal Ihres Teams gerade nicht und weiß darum nicht, ob Sie zum Team gehören. An den"
        " Kunden ging nichts. Laden Sie mich wieder in den Kanal ein.",
        "Ich sehe den Kanal deines Teams gerade nicht und weiß darum nicht, ob du zum Team gehörst. An den"
        " Kunden ging nichts. Lad mich wieder in den Kanal ein.",
    ),
    "no.unknown_assignee": Text(
        "I cannot see the team's channel right now, so I do not know whether {name} is on the team. Nothing was"
        " changed.",
        "Ich sehe den Kanal des Teams gerade nicht und weiß darum nicht, ob {name} zum Team gehört. Es wurde"
        " nichts geändert.",
    ),
    "said.kept": Text(
        "What you wrote is kept inside, as a note on {key}.",
        "Was Sie schrieben, bleibt als Notiz an {key} im Team.",
        "Was du schriebst, bleibt als Notiz an {key} im Team.",
    ),
    "no.customer_only": Text("Only the customer can do that.", "Das kann nur der Kunde."),
    "no.text": Text("There is no text yet.", "Es fehlt noch der Text."),
    "no.title": Text("The ticket needs a title.", "Das Ticket braucht einen Titel."),
    "no.long": Text(
        "That is {length} characters; at most {limit} fit here. Please shorten it, or send it as a file.",
        "Das sind {length} Zeichen, höchstens {limit} passen hier. Bitte kürzen oder als Datei senden.",
    ),
    "no.closed_already": Text("{key} is closed already.", "{key} ist schon geschlossen."),
    "no.not_closed": Text("{key} is not closed.", "{key} ist nicht geschlossen."),
    "no.closed": Text(
        "{key} is closed. Open it again first: `/ticket reopen {key}`.",
        "{key} ist geschlossen. Bitte zuerst wieder öffnen: `/ticket reopen {key}`.",
    ),
    "no.window": Text(
        "{key} has been closed for too long to open it again. Please open a new ticket.",
        "{key} ist schon zu lange geschlossen. Bitte eröffnen Sie ein neues Ticket.",
        "{key} ist schon zu lange geschlossen. Bitte eröffne ein neues Ticket.",
    ),
    "no.close_internal": Text(
        "Closing is always public: the customer is told at once. Use on hold to set it aside quietly.",
        "Schließen ist immer öffentlich: Der Kunde erfährt es sofort. „Zurückgestellt“ geht still.",
    ),
    "no.same_status": Text("{key} has that status already.", "{key} hat diesen Status schon."),
    "no.same_assignee": Text("{key} is assigned that way already.", "{key} ist schon so zugewiesen."),
    "no.not_staff": Text(
        "{name} cannot see the staff channel, so the ticket cannot be assigned to them.",
        "{name} sieht den Teamkanal nicht und kann das Ticket darum nicht übernehmen.",
    ),
    "no.minutes": Text(
        "Give a time such as 45m, 1h or 1h30, at most 24 hours.",
        "Bitte eine Zeit wie 45m, 1h oder 1h30 angeben, höchstens 24 Stunden.",
    ),
    "no.code": Text(
        "That code is unknown or too old. Write `/ticket whoami` on the other network for a new one.",
        "Dieser Code ist unbekannt oder abgelaufen. `/ticket whoami` im anderen Netzwerk gibt einen neuen.",
    ),
    "no.stars": Text("A rating is a number from 1 to 5.", "Eine Bewertung ist eine Zahl von 1 bis 5."),
    "no.tags": Text(
        "A tag has 1 to 40 letters, digits, - or _; at most 20 on a ticket.",
        "Ein Schlagwort hat 1 bis 40 Buchstaben, Ziffern, - oder _; höchstens 20 an einem Ticket.",
    ),
    "no.gone": Text("That message has been deleted or taken back.", "Diese Nachricht wurde gelöscht."),
    "no.not_author": Text("Only its author can change it.", "Nur wer es schrieb, kann es ändern."),
    "no.note_native": Text(
        "That note is a message of its author's: it is changed where it was written.",
        "Diese Notiz ist eine eigene Nachricht: Sie wird dort geändert, wo sie geschrieben wurde.",
    ),
    "no.recall_native": Text(
        "This was written in the customer's channel itself. Delete it there.",
        "Das wurde im Kundenkanal selbst geschrieben. Bitte dort löschen.",
    ),
    "no.published": Text("This note has been sent already.", "Diese Notiz wurde schon gesendet."),
    "no.changed_since": Text(
        "It has changed since you looked at it, so nothing was done. Please look again.",
        "Das hat sich seitdem geändert, darum ist nichts passiert. Bitte noch einmal ansehen.",
    ),
    "no.changed": Text(
        "The note has changed since you looked at it, so nothing was sent. Please look again.",
        "Die Notiz wurde inzwischen geändert, darum wurde nichts gesendet. Bitte noch einmal ansehen.",
    ),
    "no.not_a_note": Text(
        "That is not a note. Use this on a note in a ticket's staff thread.",
        "Das ist keine Notiz. Bitte bei einer Notiz im Team-Thread eines Tickets verwenden.",
    ),
    "no.raise_inside": Text(
        "What is said in here stays in here. Open tickets from messages in the customer's channel, or with"
        " `/ticket create`.",
        "Was hier steht, bleibt hier. Tickets entstehen aus Nachrichten im Kundenkanal oder mit"
        " `/ticket create`.",
    ),
    "no.not_words": Text(
        "I can make a ticket only of what a person wrote.",
        "Ein Ticket kann nur aus dem entstehen, was ein Mensch geschrieben hat.",
    ),
    "no.not_here": Text(
        "I don't read what is written to me alone. Mention me in your support channel, or write `/ticket help`"
        " there.",
        "Was nur mir geschrieben wird, lese ich nicht. Bitte erwähnen Sie mich im Support-Kanal, oder schreiben"
        " Sie dort `/ticket help`.",
        "Was nur mir geschrieben wird, lese ich nicht. Erwähn mich im Support-Kanal, oder schreib dort"
        " `/ticket help`.",
    ),
    "no.customer_place": Text(
        "Say this in the staff channel: here the customer would read it.",
        "Bitte im Teamkanal: Hier würde es der Kunde lesen.",
    ),
    "no.setup_guest": Text(
        "Only members of this workspace can set Halfdoor up.",
        "Nur Mitglieder dieses Workspace können Halfdoor einrichten.",
    ),
    "no.setup_manager": Text(
        "Only members who may manage this server can set Halfdoor up.",
        "Nur wer diesen Server verwalten darf, kann Halfdoor einrichten.",
    ),
    "no.permissions": Text(
        "In {place} I lack {names}. Give my role these permissions there, then try again.",
        "In {place} fehlt mir {names}. Bitte meiner Rolle dort diese Rechte geben und noch einmal versuchen.",
    ),
    "no.tickets": Text("There are no open tickets here.", "Hier gibt es keine offenen Tickets."),
    "no.staff_public": Text(
        "The staff channel must be private: everyone could read it as it is. Make it private or choose another.",
        "Der Teamkanal muss privat sein: So könnte ihn jeder lesen. Bitte privat machen oder einen anderen wählen.",
    ),
    "no.staff_shared": Text(
        "The staff channel is shared with another organisation, or about to be. Choose one that is yours alone.",
        "Der Teamkanal ist mit einer anderen Organisation geteilt oder bald geteilt. Bitte einen eigenen wählen.",
    ),
    "no.staff_guests": Text(
        "There are guests in the staff channel, and guests count as customers. Choose one without guests.",
        "Im Teamkanal sind Gäste, und Gäste zählen als Kunden. Bitte einen ohne Gäste wählen.",
    ),
    "no.same_place": Text(
        "The two channels must be different.", "Die beiden Kanäle müssen verschieden sein."
    ),
    "no.place_was_staff": Text(
        "That channel has been a team's, and what was said there stands there still. Choose another for the"
        " customer.",
        "Dieser Kanal gehörte einem Team, und was dort gesagt wurde, steht dort noch. Wählen Sie einen anderen"
        " für den Kunden.",
        "Dieser Kanal gehörte einem Team, und was dort gesagt wurde, steht dort noch. Wähl einen anderen für"
        " den Kunden.",
    ),
    "no.staff_news": Text(
        "An announcement channel takes no private threads. Choose a text channel for the team, or set"
        " `whole_team`.",
        "Ein Ankündigungskanal nimmt keine privaten Threads auf. Bitte einen Textkanal für das Team wählen oder"
        " `whole_team` setzen.",
    ),
    "no.place_taken": Text("That channel already belongs to {key}.", "Dieser Kanal gehört schon zu {key}."),
    "no.not_in_place": Text(
        "I am not in that channel. Invite me with `/invite @Halfdoor`, then try again.",
        "Ich bin nicht in diesem Kanal. Laden Sie mich mit `/invite @Halfdoor` ein.",
        "Ich bin nicht in diesem Kanal. Lade mich mit `/invite @Halfdoor` ein.",
    ),
    "no.key": Text(
        "A key has 2 to 10 capital letters or digits and starts with a letter, such as ACME.",
        "Ein Kürzel hat 2 bis 10 Großbuchstaben oder Ziffern und beginnt mit einem Buchstaben, etwa ACME.",
    ),
    "no.name": Text("The customer's name has 1 to 60 characters.", "Der Name hat 1 bis 60 Zeichen."),
    "no.panel": Text(
        "The panel belongs into a customer channel: say this there.",
        "Die Tafel gehört in einen Kundenkanal: Bitte dort sagen.",
    ),
    "moved.staff": Text(
        "The team's side of {project} goes on in another channel. What is written here is not taken any more.",
        "Die Teamseite von {project} geht in einem anderen Kanal weiter. Was hier steht, wird nicht mehr gelesen.",
    ),
    "no.database": Text(
        "I can't reach my database right now. Nothing was changed; please try again in a minute.",
        "Ich erreiche meine Datenbank gerade nicht. Nichts wurde geändert; bitte gleich noch einmal versuchen.",
    ),
    "no.trouble": Text(
        "Something went wrong on our side, and the team that runs me has a log of it. Please try again.",
        "Bei uns ist etwas schiefgegangen, das Betriebsteam hat ein Protokoll. Bitte noch einmal versuchen.",
    ),
    # the pages
    "web.not_in.customer": Text(
        "Please open the link that you were given. If it no longer works, ask for a new one.",
        "Bitte den Link öffnen, den Sie bekommen haben. Geht er nicht mehr, fragen Sie nach einem neuen.",
        "Bitte den Link öffnen, den du bekommen hast. Geht er nicht mehr, frag nach einem neuen.",
    ),
    "web.not_in.team": Text(
        "Please say `/ticket console` in your team's channel and open the link you get; it works once.",
        "Bitte im Kanal des Teams `/ticket console` sagen und den Link öffnen, der kommt; er gilt einmal.",
    ),
    "web.back": Text("Back", "Zurück"),
    "web.not_found": Text("There is nothing here.", "Hier ist nichts."),
    "web.broken": Text(
        "I cannot read what your browser sent. Please load the page again.",
        "Ich kann nicht lesen, was Ihr Browser geschickt hat. Bitte die Seite neu laden.",
        "Ich kann nicht lesen, was dein Browser geschickt hat. Bitte die Seite neu laden.",
    ),
    "web.too_much": Text(
        "That is more than a form can hold. Please shorten it, or send it as a file.",
        "Das ist mehr, als ein Formular fasst. Bitte kürzen oder als Datei senden.",
    ),
    "web.too_slow": Text(
        "It took too long to arrive, and was not taken. Please send it again.",
        "Es kam zu langsam an und wurde nicht angenommen. Bitte noch einmal senden.",
    ),
    "web.away": Text(
        "I cannot be reached just now. What you wrote is still here; please send it again in a moment.",
        "Ich bin gerade nicht zu erreichen. Ihr Text steht noch hier; bitte gleich noch einmal senden.",
        "Ich bin gerade nicht zu erreichen. Dein Text steht noch hier; bitte gleich noch einmal senden.",
    ),
    "web.lost": Text(
        "The connection is lost; what you see may be out of date.",
        "Die Verbindung ist unterbrochen; was Sie sehen, ist vielleicht nicht aktuell.",
        "Die Verbindung ist unterbrochen; was du siehst, ist vielleicht nicht aktuell.",
    ),
    "web.changed": Text(
        "This has changed meanwhile. What you wrote is kept: copy it, then load the page again.",
        "Das hat sich inzwischen geändert. Der Text bleibt stehen: bitte kopieren und die Seite neu laden.",
    ),
    "web.let_out": Text(
        "You may not see this any more. What you wrote is still here: copy it before you leave.",
        "Sie dürfen das nicht mehr sehen. Ihr Text steht noch hier: bitte kopieren, bevor Sie gehen.",
        "Du darfst das nicht mehr sehen. Dein Text steht noch hier: kopier ihn, bevor du gehst.",
    ),
    "web.other_way": Text(
        "Nothing was sent: the form did not show who would read it. Please choose again.",
        "Nichts wurde gesendet: Das Formular zeigte nicht, wer es liest. Bitte noch einmal wählen.",
    ),
    "web.csrf": Text(
        "This form is too old. Please load the page again, then send it once more.",
        "Dieses Formular ist zu alt. Bitte die Seite neu laden und noch einmal senden.",
    ),
    "web.too_often": Text(
        "That was a lot at once. Please wait a minute.", "Das war viel auf einmal. Bitte eine Minute warten."
    ),
    "web.too_large": Text(
        "“{name}” is larger than I may take ({limit}).",
        "„{name}“ ist größer, als ich annehmen darf ({limit}).",
    ),
    "web.files": Text(
        "At most {n} files at once; please send the others after these.",
        "Höchstens {n} Dateien auf einmal; bitte die übrigen danach senden.",
    ),
    "web.who": Text(
        "Please say who you are: that is the name you will be seen under.",
        "Bitte sagen Sie, wer Sie sind: Unter diesem Namen sieht man Sie.",
        "Bitte sag, wer du bist: Unter diesem Namen sieht man dich.",
    ),
    "web.your_name": Text("Your name", "Ihr Name", "Dein Name"),
    "web.name": Text("A name has 1 to 80 characters.", "Ein Name hat 1 bis 80 Zeichen."),
    "web.name.unseen": Text(
        "Nothing can be seen of that name. Please write one that can be read.",
        "Von diesem Namen ist nichts zu sehen. Bitte einen schreiben, der sich lesen lässt.",
    ),
    "web.name.alike": Text(
        "That name could be taken for our team's. Please choose another, such as your own with your surname.",
        "Diesen Namen könnte man für den unseres Teams halten. Bitte wählen Sie einen anderen, etwa Ihren"
        " eigenen mit Nachnamen.",
        "Diesen Namen könnte man für den unseres Teams halten. Bitte wähl einen anderen, etwa deinen eigenen"
        " mit Nachnamen.",
    ),
    "web.welcome": Text("You come in as {name}.", "Sie treten als {name} ein.", "Du trittst als {name} ein."),
    "web.enter": Text("Come in", "Eintreten"),
    "web.leave": Text("Sign out", "Abmelden"),
    "web.left": Text("You are signed out.", "Sie sind abgemeldet.", "Du bist abgemeldet."),
    "web.tickets": Text("Tickets", "Tickets"),
    "web.yours": Text("Yours", "Ihre", "Deine"),
    "web.others": Text("Those of your colleagues", "Die Ihrer Kollegen", "Die deiner Kollegen"),
    "web.thread": Text("What was said", "Was gesagt wurde"),
    "web.send": Text("Send", "Senden"),
    "web.download": Text("Download it", "Herunterladen"),
    "web.your_words": Text("Your words", "Ihr Text", "Dein Text"),
    "web.change": Text("Change", "Ändern"),
    "web.delete": Text("Delete", "Löschen"),
    "web.delete.sure": Text(
        "Delete what you wrote, for everybody?", "Was Sie schrieben für alle löschen?", "Für alle löschen?"
    ),
    "web.continued": Text("It goes on in {key}.", "Weiter geht es in {key}."),
    "web.closed_hint": Text(
        "This ticket is closed. Write here within {days} days to open it again; after that a new one follows it.",
        "Dieses Ticket ist geschlossen. Schreiben Sie innerhalb von {days} Tagen hier, um es wieder zu öffnen;"
        " danach schließt ein neues daran an.",
        "Dieses Ticket ist geschlossen. Schreib innerhalb von {days} Tagen hier, um es wieder zu öffnen;"
        " danach schließt ein neues daran an.",
    ),
    "web.older": Text("Older ones", "Ältere"),
    "web.open_hint": Text("The customer sees it at once.", "Der Kunde sieht es sofort."),
    "web.keys": Text(
        "Keys: j and k move between tickets, Enter opens one, / searches, n opens a new one.",
        "Tasten: j und k wechseln das Ticket, Enter öffnet es, / sucht, n eröffnet ein neues.",
    ),
    "web.turn": Text("Turn to it", "Dorthin wechseln"),
    "web.note_warning": Text(
        "Only your team reads this.", "Das liest nur Ihr Team.", "Das liest nur dein Team."
    ),
    "web.reply_warning": Text("{name} will read this.", "Das liest {name}."),
    "web.more": Text("Tags, title", "Tags, Titel"),
    "web.tags": Text("Tags, with spaces between them", "Tags, durch Leerzeichen getrennt"),
    "web.board": Text("Board", "Übersicht"),
    "web.search": Text("Title or number", "Titel oder Nummer"),
    "web.closed_too": Text("Closed too", "Auch geschlossene"),
    "web.assign_to": Text("To whom?", "An wen?"),
    "web.nobody": Text("Nobody", "Niemand"),
    "web.did.status": Text("{name}: {status}", "{name}: {status}"),
    "web.did.assigned": Text("{name}: given to {to}", "{name}: übergeben an {to}"),
    "web.did.unassigned": Text("{name}: nobody is on it any more", "{name}: niemand ist mehr dran"),
    "web.did.priority": Text("{name}: priority {priority}", "{name}: Priorität {priority}"),
    "web.did.title": Text("{name}: now called “{title}”", "{name}: heißt jetzt „{title}“"),
    "web.did.closed": Text("{name}: closed", "{name}: geschlossen"),
    "web.did.reopened": Text("{name}: opened again", "{name}: wieder geöffnet"),
    "web.whose": Text("Whose", "Wessen"),
    "web.everybody": Text("Everybody's", "Von allen"),
    "web.mine": Text("Mine", "Meine"),
    "web.priority": Text("Priority", "Priorität"),
    "web.any": Text("Any", "Jede"),
    "web.write_to": Text("Who reads it?", "Wer liest es?"),
    "web.as_note": Text("A note for us", "Eine Notiz für uns"),
    "web.take": Text("Take it", "Übernehmen"),
    "web.book": Text("Book time", "Zeit buchen"),
    "web.how_long": Text("How long", "Wie lange"),
    "web.what_for": Text("What for", "Wofür"),
    "web.close_hint": Text("The customer is told at once.", "Der Kunde erfährt es sofort."),
    "web.customer_half": Text("What the customer sees", "Was der Kunde sieht"),
    "web.staff_half": Text("The team's thread", "Der Thread des Teams"),
    "web.console": Text(
        "Open the console here, once and within ten minutes: {url}",
        "Hier öffnet sich die Konsole, einmal und innerhalb von zehn Minuten: {url}",
    ),
    "web.demo": Text(
        "Open a ticket on the left. On the right answer it, leave a note that the left never sees, and close it.",
        "Links ein Ticket eröffnen. Rechts antworten, eine Notiz hinterlassen, die links niemand sieht, und schließen.",
    ),
    "web.demo.customer": Text("Carla, a customer", "Carla, eine Kundin"),
    "web.demo.team": Text("Robin, on your team", "Robin, im Team"),
    "numbers.title": Text("Numbers", "Zahlen"),
    "numbers.since": Text("From", "Von"),
    "numbers.until": Text("To", "Bis"),
    "numbers.show": Text("Show", "Zeigen"),
    "numbers.project": Text("Project", "Projekt"),
    "numbers.all": Text("All projects", "Alle Projekte"),
    "numbers.first_answer": Text("To the first answer", "Bis zur ersten Antwort"),
    "numbers.to_close": Text("Until closed", "Bis zum Schließen"),
    "numbers.median": Text("median", "Median"),
    "numbers.ninety": Text("90 %", "90 %"),
    "numbers.count": Text("Tickets", "Tickets"),
    "numbers.what": Text("Hours", "Stunden"),
    "numbers.nine": Text("90 % within {time}", "90 % in {time}"),
    "numbers.rating": Text("Rating (mean of 5)", "Bewertung (Mittel von 5)"),
    "numbers.booked_all": Text("Booked", "Gebucht"),
    "numbers.days": Text("Opened and closed per day", "Eröffnet und geschlossen je Tag"),
    "numbers.times": Text(
        "To the first answer and until closed, in hours", "Bis zur Antwort und zum Schließen, in Stunden"
    ),
    "numbers.ages": Text("Open now, by age", "Jetzt offen, nach Alter"),
    "numbers.nothing": Text("Nothing in these days.", "Nichts in diesen Tagen."),
    "numbers.each": Text("each bar: {n} days", "je Balken {n} Tage"),
    "numbers.ratings": Text("Ratings", "Bewertungen"),
    "numbers.ratings.given": Text("Given", "Vergeben"),
    "numbers.booked": Text("Booked time by project, in hours", "Gebuchte Zeit je Projekt, in Stunden"),
    "numbers.people": Text("Booked time by person, in hours", "Gebuchte Zeit je Person, in Stunden"),
    "numbers.table": Text("As a table", "Als Tabelle"),
    "numbers.day": Text("Day", "Tag"),
    "numbers.opened": Text("Opened", "Eröffnet"),
    "numbers.closed": Text("Closed", "Geschlossen"),
    "numbers.age": Text("Age", "Alter"),
    "numbers.open": Text("Open", "Offen"),
    "numbers.below": Text("below {n} d", "unter {n} d"),
    "numbers.older": Text("older", "älter"),
    "numbers.stars": Text("Stars", "Sterne"),
    "numbers.who": Text("Who", "Wer"),
    "numbers.hours": Text("Hours", "Stunden"),
    "numbers.zone": Text("Days begin as in {zone}.", "Tage beginnen wie in {zone}."),
    "numbers.no_date": Text(
        "Write a day like this: 2026-03-31.", "Bitte einen Tag so schreiben: 2026-03-31."
    ),
    "numbers.no_range": Text(
        "The first day comes before the last, at most {n} days apart.",
        "Der erste Tag liegt vor dem letzten, höchstens {n} Tage auseinander.",
    ),
    "no.console": Text(
        "The pages are not switched on: set HALFDOOR_WEB_URL or HALFDOOR_WEB_LISTEN.",
        "Die Seiten sind nicht eingeschaltet: HALFDOOR_WEB_URL oder HALFDOOR_WEB_LISTEN setzen.",
    ),
    "command.console": Text(
        "Open the team's console in a browser", "Die Konsole des Teams im Browser öffnen"
    ),
    # what Discord's commands are for
    "command.group": Text("Tickets of this channel", "Tickets dieses Kanals"),
    "command.create": Text("Open a ticket", "Ein Ticket eröffnen"),
    "command.comment": Text(
        "Add to a ticket: public from a customer, a note from the team",
        "Etwas hinzufügen: vom Kunden öffentlich, vom Team eine Notiz",
    ),
    "command.reply": Text("Answer the customer", "Dem Kunden antworten"),
    "command.note": Text("Leave a note for the team", "Eine Notiz für das Team"),
    "command.status": Text(
        "How a ticket stands, or set its status; with neither, the desk at a glance",
        "Wie ein Ticket steht, oder seinen Status setzen; ohne beides alle auf einen Blick",
    ),
    "command.assign": Text(
        "Give a ticket to somebody; to nobody without a person",
        "Ein Ticket jemandem geben; ohne Person niemandem",
    ),
    "command.take": Text("Take a ticket yourself", "Ein Ticket selbst übernehmen"),
    "command.priority": Text(
        "Set a ticket's priority, which is internal", "Die Priorität setzen; sie ist intern"
    ),
    "command.tag": Text(
        "Add tags, or take them off with a minus before",
        "Schlagworte hinzufügen, mit einem Minus davor wegnehmen",
    ),
    "command.title": Text("Give a ticket another title", "Dem Ticket einen anderen Titel geben"),
    "command.close": Text(
        "Close a ticket; the customer is told", "Ein Ticket schließen; der Kunde erfährt es"
    ),
    "command.reopen": Text("Open a closed ticket again", "Ein geschlossenes Ticket wieder öffnen"),
    "command.rate": Text("Rate how it was", "Bewerten, wie es war"),
    "command.time": Text(
        "Book time, such as 1h30; without it, the time booked so far",
        "Zeit buchen, etwa 1h30; ohne Angabe die gebuchte Zeit",
    ),
    "command.list": Text(
        "List tickets: a status, mine, unassigned, all, words",
        "Tickets auflisten: nach Status, mine, unassigned, all, Wörtern",
    ),
    "command.preview": Text("See exactly what the customer sees", "Genau sehen, was der Kunde sieht"),
    "command.setup": Text(
        "Link a customer's channel and your team's channel to a project",
        "Einen Kundenkanal und einen Teamkanal zu einem Projekt verbinden",
    ),
    "command.whoami": Text(
        "Join your accounts on several networks",
        "Ihre Konten in mehreren Netzwerken verbinden",
        "Deine Konten in mehreren Netzwerken verbinden",
    ),
    "command.duty": Text(
        "Be in every new staff thread from the start, or no longer",
        "Von Anfang an in jedem neuen Team-Thread sein, oder nicht mehr",
    ),
    "form.add.submit": Text("Add to ticket", "Zum Ticket"),
    "form.add.ticket": Text("To which ticket does it belong?", "Zu welchem Ticket gehört es?"),
    "command.panel": Text(
        "Post the button that opens tickets into this channel",
        "Den Knopf in diesen Kanal setzen, der Tickets eröffnet",
    ),
    "command.help": Text("What can be done here", "Was hier möglich ist"),
    # help
    "help.customer": Text(
        "*Halfdoor* keeps your questions as tickets.\n"
        "• Press *Open a ticket*, or mention me with your question.\n"
        "• Answer in the ticket's thread; everything there can be seen by both of us.\n"
        "• In the thread: `@Halfdoor close`, `reopen`, `rate 5`, `status`.\n"
        "• `/ticket create [title]`, `/ticket list`, `/ticket status ACME-12`, `/ticket comment ACME-12 …`",
        "*Halfdoor* führt Ihre Fragen als Tickets.\n"
        "• *Ticket eröffnen* drücken oder mich mit der Frage erwähnen.\n"
        "• Im Thread des Tickets antworten; alles dort sehen wir beide.\n"
        "• Im Thread: `@Halfdoor close`, `reopen`, `rate 5`, `status`.\n"
        "• `/ticket create [Titel]`, `/ticket list`, `/ticket status ACME-12`, `/ticket comment ACME-12 …`",
        "*Halfdoor* führt deine Fragen als Tickets.\n"
        "• *Ticket eröffnen* drücken oder mich mit der Frage erwähnen.\n"
        "• Im Thread des Tickets antworten; alles dort sehen wir beide.\n"
        "• Im Thread: `@Halfdoor close`, `reopen`, `rate 5`, `status`.\n"
        "• `/ticket create [Titel]`, `/ticket list`, `/ticket status ACME-12`, `/ticket comment ACME-12 …`",
    ),
    "help.staff": Text(
        "*Halfdoor*, for the team. In a ticket's staff thread plain text is a note and stays there; mention me"
        " with a command to act. In `/ticket` the ticket's key comes first, in a thread leave it out.\n{usages}",
        "*Halfdoor*, für das Team. Im Team-Thread ist einfacher Text eine Notiz und bleibt dort; mit einer"
        " Erwähnung wird daraus ein Befehl. Bei `/ticket` steht das Kürzel vorn, im Thread entfällt es.\n{usages}",
    ),
}
