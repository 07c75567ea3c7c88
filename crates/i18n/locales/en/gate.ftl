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
