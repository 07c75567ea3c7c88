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
field-password-wrong = Das Kennwort stimmt nicht.
field-email = Eine E-Mail-Adresse wie name@example.com.
field-slug = Kleine Buchstaben, Ziffern und Bindestriche, 1 bis { $max } Zeichen.
field-id = Das ist keine Kennung der erwarteten Art.
field-choice = Möglich sind: { $choices }.
field-time = Ein Zeitpunkt in der Zukunft, wie 2026-11-24T09:00:00.000Z.
field-url = Eine Adresse wie https://www.example.com.
field-count = Höchstens { $max }.
field-range = Eine Zahl von { $min } bis { $max }.
field-emoji = Genau ein Emoji.
field-client-id = 1 bis { $max } der Zeichen A-Z a-z 0-9 _ -.
field-origin = Eine Herkunft wie https://www.example.com, ohne Pfad.
field-scope-unknown = Den Bereich „{ $scope }“ gibt es nicht.
file-empty = Diese Datei ist leer.
file-damaged = Dieses Bild ist beschädigt.
file-pixels = Dieses Bild hat zu viele Bildpunkte.
attachment-unusable = Diese Datei kann nicht gesendet werden: Es gibt sie nicht, sie gehört Ihnen nicht oder sie ist schon Teil einer anderen Nachricht.
quote-unknown = Die zitierte Nachricht gehört nicht zu dieser Unterhaltung.
template-alone = Eine Vorlage wird allein gesendet, ohne weiteren Text, Dateien oder Schaltflächen.
assignee-unusable = Diese Person kann keine Unterhaltungen übernehmen.

problem-session-over = Bitte neu anmelden
problem-session-over-detail = Die Sitzung ist zu Ende. Entwürfe auf diesem Gerät sind gesichert.
problem-chat-session-over = Neuer Anfang
problem-chat-session-over-detail = Dieser Browser ist hier nicht oder nicht mehr bekannt. Mit der nächsten Nachricht beginnt ein neuer Chat.
problem-token-wrong = Schlüssel ungültig
problem-token-wrong-detail = Dieser Zugriffsschlüssel ist unbekannt, abgelaufen oder zurückgezogen.
problem-signature = Signatur ungültig
problem-signature-detail = Der Rückruf weist nicht nach, woher er kommt. Nichts wurde gespeichert.
problem-host = Unbekannter Name
problem-host-detail = Unter diesem Namen antwortet dieser Server nicht. Seine Adresse wird mit --public-url gesetzt.
problem-not-failed = Nichts zu wiederholen
problem-not-failed-detail = Nur eine fehlgeschlagene Nachricht oder eine, deren Ankunft ungewiss ist, lässt sich erneut senden.
problem-passkeys-need-a-host-name = Passkeys brauchen einen Namen
problem-passkeys-need-a-host-name-detail = Browser binden Passkeys an einen Namen wie desk.example.com. Setzen Sie ihn mit --public-url, oder nutzen Sie localhost statt einer Adresse aus Ziffern.

contact-visitor = Besuch { $short }
card-template = Vorlage
delivery-other = Der Anbieter meldet „{ $code }“. Die Nachricht wurde nicht zugestellt.
gave-up = Es wurde oft versucht und gelang nicht. Sie können erneut senden.
gate-reaction-target = Nur auf Nachrichten des Kontakts lässt sich reagieren.
problem-confirm-needed = Bitte bestätigen Sie, dass Sie es sind
problem-confirm-needed-detail = Ihre Anmeldung liegt länger zurück. Geben Sie Ihr Kennwort noch einmal ein, bevor Sie ändern, womit Sie sich anmelden.
problem-own-rights = Das kann nur jemand anderes
problem-own-rights-detail = Die eigenen Rechte ändert niemand selbst. Bitten Sie eine andere Person mit der Rolle Inhaberin oder Administration.
problem-last-owner = Eine Inhaberin oder ein Inhaber muss bleiben
problem-last-owner-detail = Ohne aktive Inhaberin oder aktiven Inhaber könnte niemand mehr alles verwalten. Geben Sie zuerst jemand anderem diese Rolle.
