# Errors of the API (RFC 9457): a title, and a sentence that says what to do.

problem-not-found = Not found
problem-not-found-detail = This does not exist here, or you cannot see it.
problem-unauthorized = Please sign in
problem-unauthorized-detail = Sign in to continue.
problem-forbidden = Not allowed
problem-forbidden-detail = Your role or this token does not allow that.
problem-method-not-allowed = Not possible like this
problem-method-not-allowed-detail = This address takes another method.
problem-invalid = Please check
problem-invalid-detail = At least one value does not have the expected form.
problem-malformed = Not readable
problem-malformed-detail = The request is not valid JSON of the expected form.
problem-conflict = Changed meanwhile
problem-conflict-detail = Somebody else has just changed this. Load it again and retry.
problem-send-refused = Cannot be sent
problem-send-refused-detail = The reasons are given, with what is possible.
problem-too-large = Too large
problem-too-large-detail = No more than { SIZE($max_bytes) } are accepted here.
problem-unsupported-media-type = Type not accepted
problem-unsupported-media-type-detail = Content of this type is not accepted here.
problem-too-slow = Too slow
problem-too-slow-detail = The request did not arrive fast enough. Try again with a better connection.
problem-rate-limited = Please wait
problem-rate-limited-detail = { $seconds ->
    [one] Those were many attempts. It goes on in one second.
   *[other] Those were many attempts. It goes on in { $seconds } seconds.
}
problem-unavailable = Not possible right now
problem-unavailable-detail = The server cannot do this at the moment. Try again shortly.
problem-internal = Unexpected error
problem-internal-detail = Something went wrong on our side. Try again; if it stays, an administrator can help.
problem-csrf = Reload the page
problem-csrf-detail = The request did not provably come from this page. Reload it.
problem-setup-done = Already set up
problem-setup-done-detail = This installation is set up. Sign in.
problem-setup-token-wrong = Link not valid
problem-setup-token-wrong-detail = The set-up link works once. The server shows the current one when it starts.
problem-client-id-reused = Id already used
problem-client-id-reused-detail = A different message was already sent with this id.
problem-wrong-credentials = Cannot sign in
problem-wrong-credentials-detail = E-mail address and password do not match.
problem-passkey-refused = Passkey not accepted
problem-passkey-refused-detail = The passkey was not recognised. Try again, or sign in with your password.
problem-cursor-invalid = Unknown position
problem-cursor-invalid-detail = The cursor does not belong to this list. Start without one.
problem-channel-unknown = Unknown channel
problem-channel-unknown-detail = This channel does not exist.
problem-slug-taken = Name taken
problem-slug-taken-detail = There is already a chat entry of this name.
problem-email-taken = Address taken
problem-email-taken-detail = There is already an account with this e-mail address.

# What is wrong with a field.

field-required = This is missing.
field-length = { $min } to { $max } characters.
field-too-long = { $max } characters at most.
field-password-short = At least { $min } characters.
field-password-wrong = The password is not right.
field-email = An e-mail address such as name@example.com.
field-slug = Small letters, digits and hyphens, 1 to { $max } characters.
field-id = This is not an id of the expected kind.
field-choice = Possible are: { $choices }.
field-time = A time in the future, such as 2026-11-24T09:00:00.000Z.
field-url = An address such as https://www.example.com.
field-count = { $max } at most.
field-range = A number from { $min } to { $max }.
field-emoji = Exactly one emoji.
field-client-id = 1 to { $max } of the signs A-Z a-z 0-9 _ -.
field-origin = An origin such as https://www.example.com, without a path.
field-scope-unknown = There is no scope “{ $scope }”.
file-empty = This file is empty.
file-damaged = This picture is damaged.
file-pixels = This picture has too many pixels.
attachment-unusable = This file cannot be sent: it does not exist, is not yours, or is part of another message already.
quote-unknown = The quoted message is not part of this conversation.
template-alone = A template is sent alone, without further text, files or buttons.
assignee-unusable = This teammate cannot take conversations.

problem-session-over = Please sign in again
problem-session-over-detail = The session is over. Drafts on this device are safe.
problem-chat-session-over = New start
problem-chat-session-over-detail = This browser is not known here, or not any more. The next message begins a new chat.
problem-token-wrong = Token not valid
problem-token-wrong-detail = This token is unknown, expired or was taken back.
problem-signature = Signature not valid
problem-signature-detail = The callback does not prove where it comes from. Nothing was stored.
problem-host = Unknown name
problem-host-detail = This server does not answer to this name. The address it is reached at is set with --public-url.
problem-not-failed = Nothing to repeat
problem-not-failed-detail = Only a message that failed, or whose arrival is uncertain, can be sent again.
problem-passkeys-need-a-host-name = Passkeys need a host name
problem-passkeys-need-a-host-name-detail = Browsers tie passkeys to a name such as desk.example.com. Set it with --public-url, or use localhost instead of an address of digits.

contact-visitor = Visitor { $short }
card-template = Template
delivery-other = The provider reports “{ $code }”. The message was not delivered.
gave-up = It was tried often and did not work. You can send it again.
gate-reaction-target = Only messages of the contact can be reacted to.
problem-confirm-needed = Please confirm that it is you
problem-confirm-needed-detail = You signed in a while ago. Enter your password once more before you change what you sign in with.
problem-own-rights = Somebody else has to do this
problem-own-rights-detail = Nobody changes their own rights. Ask another person with the role of owner or administrator.
problem-last-owner = One owner has to remain
problem-last-owner-detail = Without an active owner nobody could manage everything any more. Give somebody else that role first.
