# Why something cannot be sent (domain::gate). Every sentence says what is possible.

gate-channel-paused = This channel is paused. Messages leave again when it is switched on.
gate-channel-broken = The provider does not accept our access to this channel. An administrator must check the credentials.
gate-window-closed = The reply window is closed. A template is possible. Free text works again as soon as the person writes.
gate-templates-unsupported = This channel has no templates. Write free text.
gate-template-unknown = The template “{ $name }” does not exist on this channel, or no longer does.
gate-template-not-approved = The provider has not approved the template “{ $name }” (status: { $status }).
gate-marketing-stopped = The person wants no advertising on this channel. This template counts as advertising.
gate-consent-missing = There is no provable consent for advertising on this channel.
gate-template-parameters = The template needs filled-in fields: header { $header }, text { $body }, buttons { $buttons }.
gate-reactions-unsupported = This channel cannot carry reactions. Write a short message.
gate-empty = Write a text or attach a file.
gate-too-many-files = { $max ->
    [one] A message carries one file at most here.
   *[other] A message carries { $max } files at most.
}
gate-text-too-long = The text has { $chars } characters. This channel takes { $max } at most.
gate-choices-need-text = Buttons and lists need a text.
gate-file-type-unsupported = This channel does not take files of this type ({ $mime }).
gate-file-too-large = The file has { SIZE($bytes) }. This channel takes { SIZE($max_bytes) } at most.
gate-buttons-unsupported = This channel has no buttons. Write the choices into the text.
gate-too-many-buttons = { $max ->
    [one] This channel takes one button at most.
   *[other] This channel takes { $max } buttons at most.
}
gate-button-title-length = A button needs a label of 1 to { $max } characters.
gate-list-unsupported = This channel has no lists. Write the choices into the text.
gate-too-many-rows = { $max ->
    [one] A list has one row at most here.
   *[other] A list has { $max } rows at most here.
}
gate-row-length = A row needs a title of 1 to { $title_max } characters and a description of { $description_max } at most.

# What somebody wants, may and knows.
gate-erased = This person's data is erased. Nothing leaves to them any more.
gate-restricted = Processing is restricted. Only messages the law asks for are possible; the data protection centre can lift the restriction.
gate-channel-policy = Your company has ruled this channel out for this kind of message. Choose another one.
gate-sector-policy = Only the fixed notice with the link to your own chat leaves on this channel. Write the content there.
gate-transfer-basis = The legal basis for sending data to this provider is on hold. Use your own chat.
gate-minor = The person is a minor. Advertising and surveys need a parent's confirmation.
gate-class-mixed = The text advertises, but the message is no advertising. Take the advertising out, or send it by itself with consent.
gate-fixed-text-only = There is a fixed text for this message. Send it unchanged.
gate-class-unsupported = This kind of message is not meant for this channel. Choose another channel.
gate-conversation-not-begun = Answers are possible as soon as the person has written.
gate-follow-up-limit = { $max ->
    [one] Without an answer only one further message is possible here. Wait until the person writes.
   *[other] Without an answer at most { $max } further messages are possible here. Wait until the person writes.
}
gate-channel-not-chosen = Messages about the contract leave here once the person has chosen this channel for them.
gate-only-in-conversation = A survey is possible here once, and in the open conversation only.
gate-only-once = This message leaves once only and has been sent already.
gate-only-as-answer = This question is possible as an answer only. Let the person write first, for example with the code from the form.
gate-opt-out-missing = Advertising carries a free way to object to it. Insert the link to unsubscribe.
gate-list-entry = The address is on a list that rules advertising out.
gate-list-unasked = Before advertising to this address a list has to be asked. Sending is possible after that.
gate-objected = The person has objected to advertising and surveys. Answers to their requests remain possible.
gate-marketing-paused = Advertising and surveys rest, because the person may have objected to them. Settle the open task about it.
gate-consent-pending = The person has not confirmed their consent yet.
gate-consent-outdated = The consent was given to an older notice. It can be renewed in a conversation that the person began.
gate-consent-expired = The consent has expired. The person can give it anew of their own accord.
gate-consent-withdrawn = The person has withdrawn their consent. They can give it anew of their own accord.
gate-consent-invalidated = The consent was declared invalid.
gate-consent-unproven = The consent comes from a list and is not proven for this person. Add the proof.
gate-consent-scope = The consent does not cover this purpose or channel.
gate-channel-mismatch = The consent is for another channel or another address.
gate-address-unverified = The address has changed. The person must confirm it again before advertising goes there.
gate-existing-customer = One of the conditions the law sets for advertising to existing customers is missing.
gate-no-notice = The person does not know the privacy notice yet, and it cannot be attached here.
gate-marketing-template-needed = Advertising leaves on this channel with a template approved for it only.
gate-quiet-hours = It is a quiet hour where the person is. The message leaves at the next hour allowed.
gate-quiet-hours-unknown = The person's local time is not known. Enter their time zone.
gate-frequency-cap = { $max ->
    [one] More than one advertising message a month is not meant to be. The next one is possible later.
   *[other] More than { $max } advertising messages a month are not meant to be. The next one is possible later.
}
gate-sensitive-hold = The text contains specially protected details. Send it through your own chat.
gate-duplicate = The same message went to this person a moment ago.
