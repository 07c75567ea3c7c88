### WhatsApp: Hinweis zum Datenschutz, Karten und Erklärungen von Fehlern.
### Jede Erklärung sagt, was geschehen ist, was es bedeutet und was als Nächstes hilft.

channel-privacy-whatsapp = WhatsApp: Die Nachrichten laufen über Meta. Meta kennt Telefonnummer oder Nutzerkennung und alle Zeitpunkte und sieht den Inhalt, weil die Verschlüsselung dort endet. Der eigene Chat kommt ohne Anbieter aus.

## Karten

card-location-name = Ort
card-location-address = Adresse
card-location-coordinates = Koordinaten
card-contact-name = Name
card-contact-organisation = Firma
card-contact-phone = Telefon
card-contact-email = E-Mail
card-contact-website = Website
card-contact-vcard = Visitenkarte
card-order-item = Artikel
card-order-catalogue = Katalog
card-choice-button = Schaltfläche
card-choice-row = Auswahl
card-choice-description = Beschreibung
card-choice-id = Kennung
card-flow-name = Formular
card-flow-answer = Antworten
card-call-permission-given = Anruf erlaubt, bis
card-call-permission-refused = Anruf nicht erlaubt
card-referral-headline = Anzeige
card-referral-body = Anzeigentext
card-referral-source = Herkunft
card-referral-source-id = Kennung der Herkunft
card-referral-welcome = Begrüßung in der Anzeige
card-referral-product = Produkt
card-unsupported-type = Art
card-unsupported-code = Code von WhatsApp
card-system-welcome = Hat den Chat zum ersten Mal geöffnet
card-system-notice = Hinweis von WhatsApp
card-more = Weitere Zeilen

## Zu schnell

whatsapp-4 = Die Meta-App hat ihr Abruflimit erreicht. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-613 = Meta begrenzt gerade die Zahl der Aufrufe. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-80007 = Das WhatsApp-Konto hat sein Abruflimit erreicht. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-130429 = Über diese Nummer laufen gerade zu viele Nachrichten je Sekunde. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-131048 = WhatsApp bremst diese Nummer, weil zu viele Empfänger sie blockiert oder gemeldet haben. Neue Nachrichten kommen vorerst nur zum Teil durch. Bitte Rundnachrichten anhalten und die Qualität der Nummer im WhatsApp Manager prüfen lassen.
whatsapp-131056 = An diesen Kontakt gingen zu viele Nachrichten in kurzer Zeit. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-131064 = WhatsApp nimmt für diesen Empfänger gerade keine weiteren Nachrichten an. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-133016 = Die Nummer wurde zu oft an- oder abgemeldet. WhatsApp sperrt das für einige Stunden. Bitte später erneut versuchen und die Anmeldung der Nummer durch die Verwaltung prüfen lassen.
whatsapp-too-fast = Der Server von WhatsApp bittet um eine Pause. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.

## Störungen

whatsapp-1 = Bei WhatsApp ist ein unbekannter Fehler aufgetreten. Die Nachricht wurde nicht angenommen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden. Hält der Fehler an, hilft ein Blick auf die Statusseite von WhatsApp.
whatsapp-2 = Der Dienst von WhatsApp ist gerade überlastet oder in Wartung. Die Nachricht wurde nicht angenommen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-131000 = Bei WhatsApp ist etwas schiefgegangen. Die Nachricht wurde nicht zugestellt. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-131016 = Ein Dienst von WhatsApp ist vorübergehend nicht erreichbar. Die Nachricht wurde nicht angenommen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-131052 = WhatsApp konnte die Datei nicht laden. Die Nachricht kam ohne Datei nicht durch. Bitte den Kontakt um erneutes Senden bitten oder die eigene Datei noch einmal anhängen.
whatsapp-131053 = WhatsApp konnte die Datei nicht verarbeiten. Oft passt der Inhalt nicht zum Dateityp oder das Format wird nicht unterstützt. Bitte die Datei in ein übliches Format umwandeln (JPEG, PNG, MP4, PDF) und erneut senden.
whatsapp-131057 = Das WhatsApp-Konto ist in Wartung, etwa wegen einer Erhöhung des Durchsatzes. Die Nachricht ist noch nicht hinausgegangen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-133004 = Der Server für die Nummer ist vorübergehend nicht erreichbar. Die Nachricht wurde nicht angenommen. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-no-answer = Die Datei kam bei WhatsApp nicht vollständig an. Die Nachricht wurde noch nicht gesendet. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden.
whatsapp-not-connected = WhatsApp war nicht erreichbar. Die Nachricht wurde nicht gesendet. Solange sie wartet, wird sie von selbst erneut gesendet; ist sie fehlgeschlagen, bitte noch einmal senden. Hält das an, bitte die Internetverbindung des Servers prüfen lassen.

## Antwortfenster

whatsapp-131047 = Seit der letzten Nachricht des Kontakts sind mehr als 24 Stunden vergangen. Freier Text ist bei WhatsApp dann nicht mehr erlaubt. Bitte eine freigegebene Vorlage senden oder warten, bis der Kontakt wieder schreibt.

## Empfänger

whatsapp-130472 = WhatsApp stellt diese Nachricht nicht zu, weil der Kontakt an einem Versuch von Meta teilnimmt. Das lässt sich nicht umgehen. Bitte auf anderem Weg schreiben oder warten, bis der Kontakt sich meldet.
whatsapp-130497 = WhatsApp erlaubt diesem Konto keine Nachrichten in das Land des Kontakts. Die Nachricht wurde nicht zugestellt. Bitte einen anderen Kanal benutzen.
whatsapp-131021 = Absender und Empfänger sind dieselbe Nummer. WhatsApp stellt das nicht zu. Bitte die Adresse des Kontakts prüfen.
whatsapp-131026 = Die Nachricht ist bei diesem Kontakt nicht zustellbar. Vielleicht nutzt er kein WhatsApp, eine alte Version, oder hat neue Bedingungen nicht bestätigt. Bitte auf einem anderen Kanal melden.
whatsapp-131030 = Die Nummer steht nicht auf der Liste der erlaubten Empfänger. Das gilt nur für Testnummern. Bitte die Nummer bei Meta eintragen oder eine echte Absendernummer benutzen.
whatsapp-131049 = WhatsApp hat diese Werbenachricht nicht zugestellt, weil der Kontakt in letzter Zeit schon genug davon bekommen hat. Erneutes Senden hilft nicht. Frühestens nach 24 Stunden noch einmal versuchen.
whatsapp-131050 = Der Kontakt hat Werbung von uns in WhatsApp abbestellt. Die Nachricht wurde nicht zugestellt. Bitte keine Werbung mehr an ihn senden; Antworten auf seine Fragen bleiben möglich.
whatsapp-137000 = Der Sicherheitsschlüssel des Kontakts hat sich geändert. Vielleicht nutzt jetzt eine andere Person diese Nummer. Bitte erst klären, wer schreibt, bevor Vertrauliches gesendet wird.
whatsapp-authentication-needs-phone = Vorlagen mit Bestätigungscodes gehen nur an Telefonnummern. Von diesem Kontakt ist nur eine Nutzerkennung bekannt. Bitte den Kontakt um seine Nummer bitten oder den Code auf anderem Weg senden.
whatsapp-recipient-unfit = Diese Adresse ist keine WhatsApp-Adresse. Die Nachricht wurde nicht gesendet. Bitte die Adresse des Kontakts prüfen.
whatsapp-unexplained = WhatsApp hat die Nachricht nicht zugestellt und keinen Grund genannt. Sie wird nicht ankommen. Bitte erneut senden oder einen anderen Kanal benutzen.

## Vorlagen

whatsapp-132000 = Die Zahl der ausgefüllten Platzhalter passt nicht zur Vorlage. Die Nachricht wurde nicht gesendet. Bitte die Vorlagen neu laden und alle Felder ausfüllen.
whatsapp-132001 = Diese Vorlage gibt es in dieser Sprache nicht oder sie ist nicht freigegeben. Die Nachricht wurde nicht gesendet. Bitte die Vorlagen neu laden und eine freigegebene wählen.
whatsapp-132005 = Der ausgefüllte Text der Vorlage ist zu lang. Die Nachricht wurde nicht gesendet. Bitte kürzere Angaben einsetzen.
whatsapp-132007 = Ein eingesetzter Text verstößt gegen die Regeln von WhatsApp für Vorlagen. Die Nachricht wurde nicht gesendet. Bitte Zeilenumbrüche, viele Leerzeichen und Sonderzeichen in den Feldern vermeiden.
whatsapp-132008 = Ein eingesetzter Wert hat nicht die Form, die die Vorlage verlangt. Die Nachricht wurde nicht gesendet. Bitte die Felder prüfen.
whatsapp-132012 = Ein eingesetzter Wert passt nicht zur Vorlage, etwa Text statt Bild. Die Nachricht wurde nicht gesendet. Bitte die Vorlagen neu laden und die Felder prüfen.
whatsapp-132015 = WhatsApp hat diese Vorlage wegen schlechter Rückmeldungen angehalten. Sie kann vorerst nicht gesendet werden. Bitte eine andere Vorlage wählen und die Verwaltung informieren.
whatsapp-132016 = WhatsApp hat diese Vorlage endgültig abgeschaltet. Sie kann nicht mehr gesendet werden. Bitte eine andere Vorlage wählen und eine neue anlegen lassen.
whatsapp-132018 = Die Angaben zur Vorlage sind nicht gültig. Die Nachricht wurde nicht gesendet. Bitte die Vorlagen neu laden und die Felder prüfen.
whatsapp-132068 = Das Formular in dieser Vorlage ist gesperrt. Die Nachricht wurde nicht gesendet. Bitte eine andere Vorlage wählen und die Verwaltung informieren.
whatsapp-132069 = Das Formular in dieser Vorlage wird von WhatsApp gebremst. Die Nachricht wurde nicht gesendet. Bitte später erneut versuchen und die Verwaltung informieren.
whatsapp-template-unfit = Die Vorlage ist nicht vollständig ausgefüllt. Die Nachricht wurde nicht gesendet. Bitte alle Felder ausfüllen.

## Anfrage

whatsapp-33 = Die Absendernummer gibt es bei WhatsApp nicht mehr. Die Nachricht wurde nicht gesendet. Bitte die Einstellungen des Kanals durch die Verwaltung prüfen lassen.
whatsapp-100 = WhatsApp hat eine Angabe in der Anfrage nicht verstanden. Die Nachricht wurde nicht gesendet. Bitte den Inhalt vereinfachen; hilft das nicht, die Verwaltung informieren.
whatsapp-131008 = In der Anfrage an WhatsApp fehlt eine Angabe. Die Nachricht wurde nicht gesendet. Bitte den Inhalt vereinfachen; hilft das nicht, die Verwaltung informieren.
whatsapp-131009 = Ein Wert in der Anfrage ist für WhatsApp nicht gültig. Die Nachricht wurde nicht gesendet. Bitte Text, Auswahl und Datei prüfen.
whatsapp-131020 = Ein Wert in der Anfrage ist für WhatsApp nicht gültig. Die Nachricht wurde nicht gesendet. Bitte Text, Auswahl und Datei prüfen.
whatsapp-131051 = WhatsApp unterstützt diese Art von Nachricht hier nicht. Die Nachricht wurde nicht gesendet. Bitte als Text oder Datei senden.
whatsapp-131062 = Diese Nachricht darf nicht an eine Nutzerkennung gehen, nur an eine Telefonnummer. Die Nachricht wurde nicht gesendet. Bitte den Kontakt um seine Nummer bitten.
whatsapp-131063 = Werbevorlagen sind für dieses Konto auf diesem Weg abgeschaltet. Die Nachricht wurde nicht gesendet. Bitte die Einstellungen bei Meta durch die Verwaltung prüfen lassen.
whatsapp-135000 = WhatsApp konnte die Nachricht wegen ihrer Angaben nicht senden. Ein genauer Grund wurde nicht genannt. Bitte den Inhalt vereinfachen und erneut senden.
whatsapp-caption-too-long = Der Text zur Datei ist zu lang. WhatsApp erlaubt dort 1024 Zeichen. Bitte den Text als eigene Nachricht senden.
whatsapp-choices-unfit = Die Auswahl passt nicht in eine WhatsApp-Nachricht. Erlaubt sind 3 Schaltflächen mit je 20 Zeichen oder 10 Zeilen mit je 24 Zeichen, alle verschieden. Bitte die Auswahl kürzen.
whatsapp-file-missing = Die angehängte Datei ist nicht mehr vorhanden. Die Nachricht wurde nicht gesendet. Bitte die Datei erneut anhängen.
whatsapp-file-too-large = Die Datei ist zu groß. WhatsApp erlaubt höchstens 100 MB. Bitte die Datei verkleinern oder einen Link senden.
whatsapp-target-missing = Die Nachricht, auf die sich das bezieht, ist bei WhatsApp nicht bekannt. Die Reaktion wurde nicht gesendet. Bitte mit Text antworten.
whatsapp-text-length = Der Text ist leer oder länger, als WhatsApp hier erlaubt (4096 Zeichen, mit Auswahl 1024). Die Nachricht wurde nicht gesendet. Bitte den Text kürzen.
whatsapp-other = WhatsApp hat die Nachricht abgelehnt. Sie wird nicht ankommen. Bitte den Inhalt prüfen und erneut senden; hilft das nicht, die Verwaltung mit dem angezeigten Code informieren.

## Konto

whatsapp-0 = WhatsApp erkennt unseren Zugang nicht an. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte den Zugangsschlüssel des Kanals durch die Verwaltung erneuern lassen.
whatsapp-3 = Der App fehlt eine Berechtigung bei Meta. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Berechtigungen durch die Verwaltung prüfen lassen.
whatsapp-10 = Die Berechtigung zum Senden wurde nicht erteilt oder entzogen. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Berechtigungen durch die Verwaltung prüfen lassen.
whatsapp-190 = Der Zugangsschlüssel ist abgelaufen oder ungültig. Bis er erneuert ist, geht auf diesem Kanal nichts hinaus. Bitte durch die Verwaltung einen neuen Schlüssel eintragen lassen.
whatsapp-200 = Der App fehlt eine Berechtigung bei Meta. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Berechtigungen durch die Verwaltung prüfen lassen.
whatsapp-368 = Meta hat das Konto wegen eines Regelverstoßes vorübergehend gesperrt. Bis zur Freigabe geht auf diesem Kanal nichts hinaus. Bitte im WhatsApp Manager den Grund prüfen und Einspruch einlegen lassen.
whatsapp-131005 = Der Zugriff auf diese Nummer wurde verweigert. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Berechtigungen durch die Verwaltung prüfen lassen.
whatsapp-131031 = Meta hat das WhatsApp-Konto gesperrt. Bis zur Freigabe geht auf diesem Kanal nichts hinaus. Bitte im WhatsApp Manager den Grund prüfen lassen.
whatsapp-131037 = Der Anzeigename der Nummer ist noch nicht freigegeben. Bis dahin geht auf diesem Kanal nichts hinaus. Bitte den Namen im WhatsApp Manager freigeben lassen.
whatsapp-131042 = Mit der Zahlungsart des WhatsApp-Kontos stimmt etwas nicht. Kostenpflichtige Nachrichten werden nicht zugestellt. Bitte die Zahlungsdaten bei Meta durch die Verwaltung prüfen lassen.
whatsapp-131044 = Mit der Zahlungsart des WhatsApp-Kontos stimmt etwas nicht. Kostenpflichtige Nachrichten werden nicht zugestellt. Bitte die Zahlungsdaten bei Meta durch die Verwaltung prüfen lassen.
whatsapp-131045 = Die Nummer ist bei WhatsApp nicht richtig angemeldet. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Nummer durch die Verwaltung neu anmelden lassen.
whatsapp-133005 = Die PIN der Nummer stimmt nicht. Die Nummer ist deshalb nicht angemeldet. Bitte die PIN durch die Verwaltung prüfen lassen.
whatsapp-133006 = Die Nummer muss erneut bestätigt werden. Bis dahin geht auf diesem Kanal nichts hinaus. Bitte die Bestätigung durch die Verwaltung veranlassen.
whatsapp-133010 = Die Nummer ist bei WhatsApp nicht angemeldet. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Nummer durch die Verwaltung anmelden lassen.
whatsapp-refused-access = Der Server von WhatsApp hat unseren Zugang abgelehnt. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Einstellungen des Kanals durch die Verwaltung prüfen lassen.
whatsapp-settings = Die Einstellungen dieses Kanals sind unvollständig. Bis das behoben ist, geht auf diesem Kanal nichts hinaus. Bitte die Einstellungen durch die Verwaltung ergänzen lassen.
