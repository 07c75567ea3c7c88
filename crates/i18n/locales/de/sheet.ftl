# Das Blatt über eine Einwilligung (app::consents::sheet). Es wird gedruckt, vorgelegt und noch nach
# Jahren gelesen: von Menschen, die das Programm nicht kennen.

sheet-title = Nachweis einer Einwilligung
sheet-lead = Dieses Blatt sagt, was einer Person gezeigt wurde, was sie getan hat und was seither mit ihrer Einwilligung geschah. Ausgestellt von { $controller } am { $at }.
sheet-footer = { $controller } · Einwilligung { $record }

sheet-who = Wer und wofür
sheet-person = Person
sheet-person-nameless = ohne Namen
sheet-contact = Kennung der Person
sheet-channel = Kanal
sheet-address = Adresse
sheet-address-visitor = Dieser Browser im eigenen Chat, ohne Rufnummer und ohne E-Mail-Adresse
sheet-purpose = Zweck
sheet-advertiser = Wer wirbt
sheet-scope = Wofür geworben wird
sheet-controller = Verantwortlich

sheet-now = Wie es heute steht
sheet-state = Stand
sheet-since = Seit
sheet-expires = Gilt bis
sheet-last-used = Zuletzt genutzt
sheet-uses = Wie oft genutzt
sheet-never = noch nie

sheet-shown = Was gezeigt wurde
sheet-shown-lead = Wort für Wort, Fassung { $version } vom { $at }. Spätere Fassungen ändern daran nichts.
sheet-withdrawal = Widerruf
sheet-recipients = Empfänger
sheet-transfers = In anderen Ländern
sheet-transfers-none = keine
sheet-legal-basis = Rechtsgrundlage
sheet-retention = Nachweis bleibt
sheet-notice = Prüfsumme des Textes

sheet-question = Wie gefragt wurde
sheet-question-lead = Gesendet am { $at }, genau so:

sheet-confirmed = Wie zugestimmt wurde
sheet-confirmed-at = Zeitpunkt
sheet-act = Handlung
sheet-words = Wortlaut
sheet-asked-at = Gefragt am
sheet-asked-how = Womit
sheet-asked-code = mit einem Code, den nur diese Person bekam und selbst gesendet hat
sheet-asked-button = mit einer Schaltfläche zu dieser einen Frage
sheet-asked-link = mit einem Link an diese Adresse
sheet-source = Ausgangspunkt
sheet-provider-at = Zeit beim Anbieter
sheet-provider-message = Nachricht beim Anbieter
sheet-callback = Prüfsumme des Belegs
sheet-network = Netz
sheet-never-confirmed = Bestätigt wurde sie nie.

sheet-history = Was geschah, der Reihe nach
sheet-when = Wann
sheet-what = Was
sheet-by = Durch wen

sheet-proof = Woran man erkennt, dass nichts davon später geschrieben wurde
sheet-proof-lead = Jedes Ereignis wurde, als es geschah, in ein fortlaufendes Verzeichnis geschrieben, das sich nachträglich nicht ändern lässt, ohne dass es auffällt. Ein Stand dieses Verzeichnisses ist signiert.
sheet-record = Einwilligung
sheet-tree = Verzeichnis und Platz
sheet-place = { $tree }, Eintrag { $index } von { $size }
sheet-leaf = Prüfsumme des letzten Eintrags
sheet-root = Prüfsumme des Verzeichnisses
sheet-signed-at = Signiert am
sheet-key = Schlüssel, sein Fingerabdruck

sheet-verify = So prüfen Sie es selbst
sheet-verify-package = Lassen Sie sich zu diesem Blatt das Paket geben, eine ZIP-Datei. Darin steht dasselbe für Programme, mit allen Signaturen.
sheet-verify-key = Lassen Sie sich den öffentlichen Schlüssel auf einem anderen Weg geben und vergleichen Sie seinen Fingerabdruck mit dem oben.
sheet-verify-run = Prüfen Sie beides auf der Seite { $url }/verify, die auf Ihrem Gerät rechnet und auch gespeichert und ohne Netz arbeitet, mit dem Programm „tresen verify PAKET --key SCHLÜSSEL“ oder mit einem eigenen nach der Beschreibung in docs/proof-format.md.
sheet-verify-note = Dieses Blatt ist zum Lesen. Beweis sind die Dateien des Pakets; weichen sie ab, gelten sie. Zeichen, die diese Schrift nicht hat, stehen als Nummer da, etwa [U+1F600]; kopiert man sie, ist es das Zeichen selbst.

sheet-event-requested = Einwilligung erbeten, der Text wurde gezeigt
sheet-event-challenge_issued = Um Bestätigung gebeten
sheet-event-confirmed = Bestätigt
sheet-event-refused = Abgelehnt
sheet-event-lapsed = Nicht bestätigt, Frist abgelaufen
sheet-event-asserted = Aus einer Liste übernommen, ohne Nachweis
sheet-event-used = Genutzt: eine Nachricht gesendet
sheet-event-renewed = Erneuert
sheet-event-outdated = Überholt: der Text verspricht heute anderes
sheet-event-expired = Abgelaufen
sheet-event-unverified = Ungewiss: die Adresse hat sich geändert
sheet-event-paused = Ausgesetzt
sheet-event-resumed = Fortgesetzt
sheet-event-objected = Widersprochen
sheet-event-withdrawn = Widerrufen
sheet-event-invalidated = Für ungültig erklärt

sheet-state-none = keine
sheet-state-requested = erbeten
sheet-state-pending = wartet auf Bestätigung
sheet-state-granted = erteilt
sheet-state-refused = abgelehnt
sheet-state-lapsed = nie bestätigt
sheet-state-asserted = ohne Nachweis
sheet-state-outdated = überholt
sheet-state-expired = abgelaufen
sheet-state-unverified = ungewiss
sheet-state-withdrawn = widerrufen
sheet-state-invalidated = ungültig

sheet-act-checkbox = ein Kästchen angekreuzt
sheet-act-button = auf eine Schaltfläche getippt
sheet-act-text = eine Nachricht geschrieben
sheet-act-spoken = mündlich gesagt, von einem Mitarbeiter aufgeschrieben
sheet-act-import = aus einer Liste übernommen

sheet-actor-contact = die Person selbst
sheet-actor-house = das System, nach fester Regel
sheet-actor-teammate = Mitarbeiter { $id }

sheet-channel-whatsapp = WhatsApp
sheet-channel-webchat = eigener Chat
sheet-channel-email = E-Mail

sheet-basis-consent = Einwilligung, Art. 6 Abs. 1 Buchst. a DSGVO
sheet-years = { $count ->
    [one] ein Jahr
   *[other] { $count } Jahre
}
sheet-months = { $count ->
    [one] einen Monat
   *[other] { $count } Monate
}
sheet-days = { $count ->
    [one] einen Tag
   *[other] { $count } Tage
}
