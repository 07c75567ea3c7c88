# Fehler der Schnittstelle (RFC 9457): ein Titel und ein Satz, der sagt, was zu tun ist.

problem-not-found = Nicht gefunden
problem-not-found-detail = Das gibt es hier nicht, oder es ist für Sie nicht sichtbar.
problem-unauthorized = Anmeldung nötig
problem-unauthorized-detail = Melden Sie sich an, um weiterzumachen.
problem-forbidden = Nicht erlaubt
problem-forbidden-detail = Ihre Rolle oder dieser Zugang erlaubt das nicht.
problem-method-not-allowed = So nicht möglich
problem-method-not-allowed-detail = Diese Adresse nimmt eine andere Methode entgegen.
problem-invalid = Angaben prüfen
problem-invalid-detail = Mindestens eine Angabe hat nicht die erwartete Form.
problem-malformed = Nicht lesbar
problem-malformed-detail = Die Anfrage ist kein gültiges JSON in der erwarteten Form.
problem-conflict = Inzwischen geändert
problem-conflict-detail = Jemand anderes hat das gerade geändert. Laden Sie den Stand neu und versuchen Sie es noch einmal.
problem-send-refused = Kann nicht gesendet werden
problem-send-refused-detail = Die Gründe stehen dabei, mit dem, was möglich ist.
problem-too-large = Zu groß
problem-too-large-detail = Mehr als { SIZE($max_bytes) } werden hier nicht angenommen.
problem-unsupported-media-type = Art nicht angenommen
problem-unsupported-media-type-detail = Diese Art von Inhalt wird hier nicht angenommen.
problem-too-slow = Zu langsam
problem-too-slow-detail = Die Anfrage kam nicht schnell genug an. Versuchen Sie es mit einer besseren Verbindung noch einmal.
problem-rate-limited = Kurz warten
problem-rate-limited-detail = { $seconds ->
    [one] Das waren viele Versuche. In einer Sekunde geht es weiter.
   *[other] Das waren viele Versuche. In { $seconds } Sekunden geht es weiter.
}
problem-unavailable = Gerade nicht möglich
problem-unavailable-detail = Der Server kann das im Moment nicht. Versuchen Sie es gleich noch einmal.
problem-internal = Unerwarteter Fehler
problem-internal-detail = Auf unserer Seite ging etwas schief. Versuchen Sie es noch einmal; bleibt es dabei, hilft die Verwaltung.
problem-csrf = Seite neu laden
problem-csrf-detail = Die Anfrage kam nicht nachweisbar von dieser Seite. Laden Sie sie neu.
problem-setup-done = Schon eingerichtet
problem-setup-done-detail = Diese Installation ist eingerichtet. Melden Sie sich an.
problem-setup-token-wrong = Link ungültig
problem-setup-token-wrong-detail = Der Link zum Einrichten gilt einmal. Den aktuellen zeigt der Server beim Start.
problem-client-id-reused = Kennung schon benutzt
problem-client-id-reused-detail = Unter dieser Kennung wurde schon eine andere Nachricht gesendet.
problem-wrong-credentials = Anmeldung nicht möglich
problem-wrong-credentials-detail = E-Mail-Adresse und Passwort passen nicht zusammen.
problem-passkey-refused = Passkey nicht angenommen
problem-passkey-refused-detail = Der Passkey wurde nicht erkannt. Versuchen Sie es noch einmal oder melden Sie sich mit Passwort an.
problem-cursor-invalid = Stelle unbekannt
problem-cursor-invalid-detail = Der Cursor stammt nicht von dieser Liste. Beginnen Sie ohne Cursor.
problem-channel-unknown = Kanal unbekannt
problem-channel-unknown-detail = Diesen Kanal gibt es nicht.
problem-slug-taken = Name vergeben
problem-slug-taken-detail = Unter diesem Namen gibt es schon einen Zugang zum Chat.
problem-email-taken = Adresse vergeben
problem-email-taken-detail = Zu dieser E-Mail-Adresse gibt es schon ein Konto.

# Was an einem Feld nicht stimmt.

field-required = Diese Angabe fehlt.
field-length = { $min } bis { $max } Zeichen.
field-too-long = Höchstens { $max } Zeichen.
field-password-short = Mindestens { $min } Zeichen.
field-email = Eine E-Mail-Adresse wie name@example.com.
field-slug = Kleine Buchstaben, Ziffern und Bindestriche, 1 bis { $max } Zeichen.
field-id = Das ist keine Kennung der erwarteten Art.
field-choice = Möglich sind: { $choices }.
field-time = Ein Zeitpunkt in der Zukunft, wie 2026-11-24T09:00:00.000Z.
field-url = Eine Adresse wie https://www.example.com.
field-count = Höchstens { $max }.
field-range = Eine Zahl von { $min } bis { $max }.
field-emoji = Genau ein Emoji.
