# Der Datenschutzhinweis des eigenen Chats (Art. 13 DSGVO), wie er ohne eigene Fassung gilt. Wer
# etwas ändert, ändert auch die Tatsache im Programm: der Text verspricht nur, was es tut.

notice-title = Hinweis zum Datenschutz

notice-summary = { $retention_days ->
    [one] Ihre Nachrichten liegen auf dem Server von { $company } und werden nach einem Tag gelöscht.
   *[other] Ihre Nachrichten liegen auf dem Server von { $company } und werden nach { $retention_days } Tagen gelöscht.
}

notice-text =
    Wer verantwortlich ist
    { $controller }
    Fragen zum Datenschutz: { $contact_email }

    Was wir speichern und wozu
    Wir speichern, was Sie hier schreiben und senden, die Zeiten dazu, Ihre Sprache und, wenn Sie ihn nennen, Ihren Namen. Wir brauchen das, um Ihr Anliegen zu bearbeiten.

    Rechtsgrundlage
    Geht es um einen Vertrag mit uns oder seine Vorbereitung, ist es Art. 6 Abs. 1 Buchst. b DSGVO. Bei allen anderen Anliegen ist es Art. 6 Abs. 1 Buchst. f DSGVO: unser Interesse, Ihnen zu antworten.

    Wer mitliest
    Nur Sie und Beschäftigte von { $company }, die sich um Anfragen kümmern. Für den Chat ist kein Messenger-Anbieter beteiligt. Betreibt ein Dienstleister unseren Server, dann nur nach unserer Weisung.

    Wie lange
    { $retention_days ->
        [one] Einen Tag nach der letzten Nachricht wird die Unterhaltung gelöscht.
       *[other] { $retention_days } Tage nach der letzten Nachricht wird die Unterhaltung gelöscht.
    } Länger bleibt nur, was wir nach dem Gesetz aufbewahren müssen.

    Auf Ihrem Gerät
    Damit die Unterhaltung Ihnen gehört, setzen wir beim ersten Schreiben ein Cookie. Von da an bewahrt Ihr Browser außerdem auf, was Sie geschrieben haben und noch nicht gesendet ist, und Ihre Einstellungen zu Sprache und Aussehen, dazu diese Seite, damit sie auch ohne Netz aufgeht. All das ist für den Chat unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 TDDDG) und dient keiner Verfolgung. Verlassen Sie den Chat über das Menü, löscht Ihr Browser es wieder.

    Ihre Rechte
    Sie können Auskunft, Berichtigung, Löschung und Einschränkung verlangen und Ihre Daten mitnehmen (Art. 15 bis 20 DSGVO). Schreiben Sie dazu hier oder an { $contact_email }. Sie können sich bei einer Aufsichtsbehörde für den Datenschutz beschweren.

    Ihr Recht auf Widerspruch
    Stützen wir uns auf unser Interesse (Art. 6 Abs. 1 Buchst. f DSGVO), können Sie aus Gründen, die sich aus Ihrer besonderen Situation ergeben, jederzeit widersprechen (Art. 21 DSGVO). Werbung können Sie immer widersprechen.

    Freiwillig
    Sie müssen hier nichts angeben. Ohne Nachricht können wir nur nicht antworten. Es gibt keine automatische Entscheidung über Sie.

# Was jemand liest, der gefragt wird, ob er einwilligt. Nichts davon wirbt.
consent-question = { $company } fragt: Sind Sie mit „{ $purpose }“ auf diesem Weg einverstanden? Bei „Ja, bestätigen“ gilt Ihre Einwilligung ab sofort, bei „Nein“ geschieht nichts. Widerrufen können Sie jederzeit, zum Beispiel mit dem Wort STOPP.
consent-summary = Sie willigen ein, dass { $company } Ihnen „{ $purpose }“ in diesem Chat sendet. Mit einem weiteren Tippen bestätigen Sie das. Widerrufen können Sie hier jederzeit mit einem Tippen.
consent-yes = Ja, bestätigen
consent-no = Nein
consent-withdrawn = Ihr Widerruf ist angekommen: { $company } sendet Ihnen auf diesem Weg keine Werbung. Antworten auf Ihre Anliegen bekommen Sie weiterhin.
