# Warum eine Nachricht nicht ankam, nach Art des Fehlers (domain::delivery::FailureClass). Ein
# Anbieter kann für seine Fehlernummern eigene Sätze haben; diese hier gelten sonst.

delivery-pace = Der Anbieter bittet um langsameres Senden. Wir versuchen es gleich noch einmal.
delivery-transient = Der Anbieter war gerade nicht erreichbar. Wir versuchen es noch einmal.
delivery-window = Das Antwortfenster war geschlossen. Möglich ist eine Vorlage.
delivery-recipient = Die Nachricht kann dieser Person so nicht zugestellt werden.
delivery-opted-out = Die Person möchte solche Nachrichten nicht erhalten.
delivery-template = Die Vorlage ist beim Anbieter nicht verwendbar.
delivery-request = Der Anbieter hat die Nachricht in dieser Form nicht angenommen.
delivery-account = Der Anbieter nimmt unseren Zugang nicht an. Die Verwaltung muss den Kanal prüfen.
delivery-unknown = Es ist nicht sicher, ob die Nachricht ankam. Sie wird nicht von selbst noch einmal gesendet; das entscheiden Sie.
secret-over = Die Nachricht konnte nicht rechtzeitig gesendet werden; was sie öffnen sollte, ist abgelaufen. Senden Sie eine neue.
