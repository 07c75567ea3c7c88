# Die Kopie dessen, was über jemanden gespeichert ist (Art. 15 und 20 DSGVO), und „Meine Daten“.

package-title = Ihre Daten bei { $company }
package-made = Diese Kopie wurde am { $when } erstellt. Sie gehört Ihnen; bewahren Sie sie so auf wie Ihre Post.
package-contents = Inhalt
package-talk = Gespräch { $number } · { $channel }
package-files-about = Im Ordner „files“ liegen Ihre Dateien, in „data.json“ und neben jedem Gespräch dieselben Angaben für Programme. „manifest.sha256“ nennt zu jeder Datei ihre Prüfsumme, „manifest.signed“ ist die Unterschrift darunter.
package-notes-apart = { $count ->
    [one] Das Team hat außerdem eine Notiz zu Ihrem Anliegen. In ihr können Daten anderer stehen; der Datenschutz prüft das und gibt sie Ihnen auf Anfrage heraus: { $mail }.
   *[other] Das Team hat außerdem { $count } Notizen zu Ihrem Anliegen. In ihnen können Daten anderer stehen; der Datenschutz prüft das und gibt sie Ihnen auf Anfrage heraus: { $mail }.
}
package-back = Zur Übersicht
package-earlier = Früher
package-later = Später
package-author-you = Sie
package-author-company = Das Unternehmen
package-note = Notiz des Teams · { $when }

package-controller = Wer verantwortlich ist
package-contact = Fragen zum Datenschutz: { $mail }
package-you = Sie
package-name = Name
package-language = Sprache
package-since = Seit
package-id = Ihre Kennung
package-channels = Wege, auf denen Sie mit uns schreiben, und wohin die Daten gehen
package-address = Adresse
package-used = Zuletzt benutzt
package-ended = Aufgegeben
package-own-server = Die Nachrichten liegen auf dem Server von { $company }. Kein anderer Anbieter ist beteiligt.
package-conversations = Gespräche
package-channel = Weg
package-begun = Begonnen
package-last = Letzte Nachricht
package-erased = Wird gelöscht
package-kept = wird derzeit aufbewahrt
package-consents = Einwilligungen
package-consents-none = Sie haben in nichts eingewilligt. Werbung bekommen Sie nicht.
package-state = Stand
package-consent-granted = erlaubt
package-consent-withdrawn = widerrufen
package-consent-refused = abgelehnt
package-consent-pending = Bestätigung steht aus
package-consent-requested = angefragt
package-consent-expired = abgelaufen
package-consent-outdated = veraltet, gilt nicht mehr
package-consent-lapsed = nicht bestätigt
package-notices = Was Ihnen zum Datenschutz gezeigt wurde
package-notice = Fassung { $version }, gezeigt am { $when }
package-readings = Wer Ihre Daten gelesen hat
package-readings-about = Jedes Lesen wird festgehalten. Wer zu welchem Zeichen gehört, weiß nur das Unternehmen; es ist bei Ihnen immer dieselbe Person.
package-when = Wann
package-by = Wer
package-did = Was
package-keeping = Wie lange etwas bleibt
package-keeping-rule = { $days ->
    [one] Ein Gespräch wird einen Tag nach der letzten Nachricht gelöscht, mit allem, was darin steht.
   *[other] Ein Gespräch wird { $days } Tage nach der letzten Nachricht gelöscht, mit allem, was darin steht.
}
package-held = Für einen Rechtsstreit muss derzeit etwas aufbewahrt werden. Es wird gelöscht, wenn der Grund entfällt.
package-restricted = Seit { $since } ist die Verarbeitung eingeschränkt: Ihre Daten werden nur noch aufbewahrt.
package-was-restricted = Von { $since } bis { $until } war die Verarbeitung eingeschränkt.
package-rights = Ihre Rechte
package-rights-text = Sie können Auskunft, Berichtigung, Löschung und Einschränkung verlangen, Ihre Daten mitnehmen und widersprechen (Art. 15 bis 21 DSGVO). Vieles davon geht sofort auf der Seite „Meine Daten“; für alles andere schreiben Sie an { $mail }.
package-complain = Sie können sich bei einer Aufsichtsbehörde für den Datenschutz beschweren, zum Beispiel bei der Ihres Bundeslandes.

package-channel-webchat = Eigener Chat
package-channel-whatsapp = WhatsApp

# Wer draußen etwas erfährt, mit Namen (domain::recipients).
recipient-meta-cloud-api = Meta Platforms Ireland Limited, Irland, als unser Auftragsverarbeiter: befördert die Nachrichten und kennt dafür Ihre Telefonnummer oder Nutzerkennung, die Zeitpunkte und den Inhalt, denn die Verschlüsselung endet dort. Daten können in die USA gelangen; Grundlage ist der Angemessenheitsbeschluss zum EU-US Data Privacy Framework.
recipient-whatsapp-ireland = WhatsApp Ireland Limited, Irland, als eigener Verantwortlicher: betreibt den Dienst, den Sie nutzen, und kennt Ihr Konto, Ihr Gerät und wann Sie mit uns schreiben. Daten können in die USA gelangen; Grundlage ist der Angemessenheitsbeschluss zum EU-US Data Privacy Framework.

# Wer gelesen hat, ohne Namen.
reader-service = Kundenservice
reader-data-protection = Datenschutz
reader-administration = Verwaltung
reader-program = Programm
read-timeline = hat Nachrichten gelesen
read-list = hat die letzte Nachricht in einer Liste gesehen
read-live = hat eine neue Nachricht gesehen
read-contact = hat Ihre Angaben angesehen
read-attachment = hat eine Datei geöffnet
read-search = hat bei einer Suche Ihre Worte gesehen
read-consents = hat Ihre Einwilligungen angesehen
read-consent-package = hat Nachweise Ihrer Einwilligungen herausgegeben
read-request = hat Ihre Anfrage bearbeitet
read-export = hat eine Kopie Ihrer Daten herausgegeben
read-other = hat etwas gelesen

# „Meine Daten“ ohne Skripte, wo der Chat nicht bekannt ist.
package-closed-title = Meine Daten
package-closed = Diese Seite öffnet sich in dem Browser, in dem Sie im Chat mit uns schreiben. Öffnen Sie sie dort.

# Feste Texte: der Weg zu den eigenen Daten. Was geheim ist, liest nur, wer gemeint ist.
my-data-link = Hier sehen Sie, was über Sie gespeichert ist, und können es ändern: { $url } Der Link gilt eine Viertelstunde und öffnet sich einmal.
my-data-code = Ihr Code für „Meine Daten“: { $code } Er gilt zehn Minuten. Geben Sie ihn niemandem; wir fragen Sie nie danach.
my-data-lifted = Von der Person selbst aufgehoben, auf der Seite „Meine Daten“.
