# The sheet about a consent (app::consents::sheet). It is printed, presented and read years later by
# people who do not know the program.

sheet-title = Evidence of a consent
sheet-lead = This sheet says what a person was shown, what they did, and what has happened to their consent since. Issued by { $controller } on { $at }.
sheet-footer = { $controller } · consent { $record }

sheet-who = Who, and what for
sheet-person = Person
sheet-person-nameless = without a name
sheet-contact = Id of the person
sheet-channel = Channel
sheet-address = Address
sheet-address-visitor = This browser in our own chat, without a telephone number and without an e-mail address
sheet-purpose = Purpose
sheet-advertiser = Who advertises
sheet-scope = What is advertised
sheet-controller = Controller

sheet-now = How it stands today
sheet-state = State
sheet-since = Since
sheet-expires = Valid until
sheet-last-used = Last used
sheet-uses = How often used
sheet-never = not yet

sheet-shown = What was shown
sheet-shown-lead = Word for word, version { $version } of { $at }. Later versions change nothing about it.
sheet-withdrawal = How to withdraw
sheet-recipients = Recipients
sheet-transfers = In other countries
sheet-transfers-none = none
sheet-legal-basis = Legal basis
sheet-retention = Evidence is kept for
sheet-notice = Digest of the text

sheet-question = How they were asked
sheet-question-lead = Sent on { $at }, exactly like this:

sheet-confirmed = How they agreed
sheet-confirmed-at = Moment
sheet-act = Act
sheet-words = In their words
sheet-asked-at = Asked on
sheet-asked-how = By what
sheet-asked-code = by a code that only this person was given, and sent themselves
sheet-asked-button = by a button that belongs to this one question
sheet-asked-link = by a link to this address
sheet-source = Where it began
sheet-provider-at = Time at the provider
sheet-provider-message = Message at the provider
sheet-callback = Digest of the record
sheet-network = Network
sheet-never-confirmed = It was never confirmed.

sheet-history = What happened, in order
sheet-when = When
sheet-what = What
sheet-by = By whom

sheet-proof = How one can tell that none of it was written later
sheet-proof-lead = Each event was written, as it happened, into a running log that cannot be changed afterwards without being noticed. A state of this log is signed.
sheet-record = Consent
sheet-tree = Log and place
sheet-place = { $tree }, entry { $index } of { $size }
sheet-leaf = Digest of the last entry
sheet-root = Digest of the log
sheet-signed-at = Signed on
sheet-key = Fingerprint of the key

sheet-verify = How to check it yourself
sheet-verify-package = Ask for the package that belongs to this sheet, a ZIP file. It holds the same for programs, with all signatures.
sheet-verify-key = Ask for the public key on another way, and compare its fingerprint with the one above.
sheet-verify-run = Check both on the page { $url }/verify, which works on your device, also saved and without a network, with the program “tresen verify PACKAGE --key KEY”, or with one of your own after the description in docs/proof-format.md.
sheet-verify-note = This sheet is for reading. The files of the package are the evidence; where they differ, they count. Signs this font does not have stand as their number, such as [U+1F600]; copied, they are the sign itself.

sheet-event-requested = Consent asked for, the text was shown
sheet-event-challenge_issued = Asked to confirm
sheet-event-confirmed = Confirmed
sheet-event-refused = Refused
sheet-event-lapsed = Not confirmed in time
sheet-event-asserted = Taken from a list, without proof
sheet-event-used = Used: a message was sent
sheet-event-renewed = Renewed
sheet-event-outdated = Outdated: the text promises something else today
sheet-event-expired = Expired
sheet-event-unverified = Uncertain: the address has changed
sheet-event-paused = Paused
sheet-event-resumed = Resumed
sheet-event-objected = Objected
sheet-event-withdrawn = Withdrawn
sheet-event-invalidated = Declared invalid

sheet-state-none = none
sheet-state-requested = asked for
sheet-state-pending = waits to be confirmed
sheet-state-granted = given
sheet-state-refused = refused
sheet-state-lapsed = never confirmed
sheet-state-asserted = without proof
sheet-state-outdated = outdated
sheet-state-expired = expired
sheet-state-unverified = uncertain
sheet-state-withdrawn = withdrawn
sheet-state-invalidated = invalid

sheet-act-checkbox = ticked a box
sheet-act-button = tapped a button
sheet-act-text = wrote a message
sheet-act-spoken = said it, written down by a teammate
sheet-act-import = taken from a list

sheet-actor-contact = the person
sheet-actor-house = the system, by a fixed rule
sheet-actor-teammate = teammate { $id }

sheet-channel-whatsapp = WhatsApp
sheet-channel-webchat = our own chat
sheet-channel-email = e-mail

sheet-basis-consent = consent, Art. 6(1)(a) GDPR
sheet-years = { $count ->
    [one] one year
   *[other] { $count } years
}
sheet-months = { $count ->
    [one] one month
   *[other] { $count } months
}
sheet-days = { $count ->
    [one] one day
   *[other] { $count } days
}
