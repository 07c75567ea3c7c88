# Was gesagt wird, wenn ein Text vermutlich Schützenswertes enthält (domain::sensitive). Die Sätze
# nennen nie, was gefunden wurde: sie gehen zum Teil über fremde Dienste.

# An die Kundin oder den Kunden, selbsttätig, höchstens einmal in 24 Stunden.
sensitive-hint = Für persönliche Angaben nutzen Sie bitte unseren geschützten Chat. Er öffnet sich im Browser, ohne App und ohne Anmeldung: { $link } Der Link gilt { $minutes } Minuten.

# Der einzige Text, der in der Betriebsart „sozialdaten“ über einen fremden Dienst hinausgeht.
sensitive-doorbell = Für Ihr Anliegen gibt es unseren geschützten Chat. Bitte schreiben Sie dort weiter: { $link } In einem Notfall wählen Sie 112. Die TelefonSeelsorge ist Tag und Nacht erreichbar: 0800 1110111.

sensitive-emergency = Wenn Sie oder jemand anderes in Gefahr sind, wählen Sie bitte jetzt 112. Die TelefonSeelsorge ist Tag und Nacht kostenlos erreichbar: 0800 1110111 oder 0800 1110222. Ihre Nachricht wird sofort einem Menschen gezeigt.

# An das Team.
sensitive-banner = { $kind } möglich. Bieten Sie den sicheren Chat an.
sensitive-banner-emergency = Hier könnte jemand in Gefahr sein. Antworten Sie bitte sofort selbst.
sensitive-masked = { $kind } erkannt und verdeckt.
sensitive-held = Diese Nachricht enthält vermutlich { $kind }. Über diesen Kanal liest ein fremder Dienst mit.
sensitive-picture-held = Bilder können Schützenswertes zeigen. Über diesen Kanal liest ein fremder Dienst mit.
sensitive-choice-own-channel = Im sicheren Chat senden
sensitive-choice-remove-part = Stelle entfernen
sensitive-choice-send-anyway = Trotzdem hier senden
sensitive-choice-reason = Grund (wird protokolliert)
sensitive-task = Eine automatische Nachricht wurde nicht gesendet, weil sie vermutlich { $kind } enthält. Bitte entscheiden Sie.

# Warum etwas nicht gesendet werden kann.
sensitive-doorbell-only = Über diesen Kanal geht nur der Hinweis auf den sicheren Chat hinaus. Senden Sie die Nachricht im sicheren Chat.
sensitive-no-person = Automatische Nachrichten mit schützenswerten Angaben gehen nicht über fremde Dienste. Ein Mensch entscheidet.
sensitive-broadcast = Eine Rundnachricht trägt keine schützenswerten Angaben. Entfernen Sie die Stelle.
sensitive-purpose = Der Zweck dieser Nachricht erlaubt keine schützenswerten Angaben. Entfernen Sie die Stelle.

# Arten.
sensitive-kind-bank-account = Bankverbindung
sensitive-kind-payment-card = Kartendaten
sensitive-kind-social-insurance = Versicherungsnummer
sensitive-kind-tax = Steuernummer
sensitive-kind-identity-document = Ausweisdaten
sensitive-kind-health = Gesundheitsdaten
sensitive-kind-protected = Besonders geschützte Angaben
sensitive-kind-own-list = Angaben aus Ihrer Wortliste
sensitive-kind-emergency = Notfall
sensitive-kind-company = Firmendaten
