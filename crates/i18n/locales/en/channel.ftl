# Who learns what on which channel (domain::channel::Capabilities::privacy_label).

channel-privacy-webchat = Own chat: only you and the person read along. The messages lie on your own server, no provider is involved.

channel-trouble-other = The provider reports “{ $code }” about the account and takes nothing for now. An administrator should look at the provider and then switch the channel on again.

setting-missing = The setting “{ $name }” is missing.
setting-unknown = This channel does not know the setting “{ $name }”.
setting-malformed = The setting “{ $name }” does not have the expected form.
setting-again = Enter this setting once more: it will go to another address than before.
setting-never-called = This address is never called: only https on the public internet is, and what --allow-private-net names.
