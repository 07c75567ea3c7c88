# Wer auf welchem Kanal was erfährt (domain::channel::Capabilities::privacy_label).

channel-privacy-webchat = Eigener Chat: Nur Sie und die Person lesen mit. Die Nachrichten liegen auf Ihrem eigenen Server, kein Anbieter ist beteiligt.

channel-trouble-other = Der Anbieter meldet zum Konto „{ $code }“ und nimmt vorerst nichts an. Die Verwaltung sollte beim Anbieter nachsehen und den Kanal dann wieder einschalten.

setting-missing = Die Angabe „{ $name }“ fehlt.
setting-unknown = Die Angabe „{ $name }“ kennt dieser Kanal nicht.
setting-malformed = Die Angabe „{ $name }“ hat nicht die erwartete Form.
setting-again = Geben Sie diese Angabe noch einmal ein: Sie geht an eine andere Adresse als bisher.
setting-never-called = Diese Adresse wird nie gerufen: Gerufen wird nur https im öffentlichen Internet, und was --allow-private-net nennt.
