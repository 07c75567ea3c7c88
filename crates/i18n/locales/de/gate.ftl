# Warum etwas nicht gesendet werden kann (domain::gate). Jeder Satz sagt, was möglich ist.

gate-channel-paused = Dieser Kanal ist angehalten. Nachrichten gehen erst wieder hinaus, wenn er eingeschaltet wird.
gate-channel-broken = Der Anbieter nimmt unseren Zugang zu diesem Kanal nicht an. Die Verwaltung muss die Zugangsdaten prüfen.
gate-window-closed = Das Antwortfenster ist geschlossen. Möglich ist eine Vorlage. Freier Text geht wieder, sobald die Person schreibt.
gate-templates-unsupported = Dieser Kanal kennt keine Vorlagen. Schreiben Sie freien Text.
gate-template-unknown = Die Vorlage „{ $name }“ gibt es auf diesem Kanal nicht oder nicht mehr.
gate-template-not-approved = Die Vorlage „{ $name }“ ist vom Anbieter nicht freigegeben (Stand: { $status }).
gate-marketing-stopped = Die Person möchte auf diesem Kanal keine Werbung. Diese Vorlage gilt als Werbung.
gate-consent-missing = Für Werbung auf diesem Kanal liegt keine nachweisbare Einwilligung vor.
gate-template-parameters = Die Vorlage braucht ausgefüllte Felder: Kopf { $header }, Text { $body }, Schaltflächen { $buttons }.
gate-reactions-unsupported = Dieser Kanal kann keine Reaktionen übertragen. Schreiben Sie eine kurze Nachricht.
gate-empty = Schreiben Sie einen Text oder fügen Sie eine Datei an.
gate-too-many-files = { $max ->
    [one] Eine Nachricht trägt hier höchstens eine Datei.
   *[other] Eine Nachricht trägt höchstens { $max } Dateien.
}
gate-text-too-long = Der Text hat { $chars } Zeichen. Dieser Kanal nimmt höchstens { $max }.
gate-choices-need-text = Zu Schaltflächen und Listen gehört ein Text.
gate-file-type-unsupported = Dieser Kanal nimmt keine Dateien dieser Art ({ $mime }).
gate-file-too-large = Die Datei hat { SIZE($bytes) }. Dieser Kanal nimmt höchstens { SIZE($max_bytes) }.
gate-buttons-unsupported = Dieser Kanal kennt keine Schaltflächen. Schreiben Sie die Möglichkeiten in den Text.
gate-too-many-buttons = { $max ->
    [one] Dieser Kanal nimmt höchstens eine Schaltfläche.
   *[other] Dieser Kanal nimmt höchstens { $max } Schaltflächen.
}
gate-button-title-length = Eine Schaltfläche braucht eine Aufschrift von 1 bis { $max } Zeichen.
gate-list-unsupported = Dieser Kanal kennt keine Listen. Schreiben Sie die Möglichkeiten in den Text.
gate-too-many-rows = { $max ->
    [one] Eine Liste hat hier höchstens eine Zeile.
   *[other] Eine Liste hat hier höchstens { $max } Zeilen.
}
gate-row-length = Eine Zeile braucht einen Titel von 1 bis { $title_max } Zeichen und höchstens { $description_max } Zeichen Beschreibung.

# Was jemand will, darf und weiß.
gate-erased = Die Daten dieser Person sind gelöscht. Es geht nichts mehr an sie hinaus.
gate-restricted = Die Verarbeitung ist eingeschränkt. Möglich sind nur rechtlich nötige Nachrichten; das Datenschutzzentrum kann die Einschränkung aufheben.
gate-channel-policy = Für diese Art Nachricht hat Ihr Unternehmen diesen Kanal ausgeschlossen. Wählen Sie einen anderen.
gate-sector-policy = Über diesen Kanal geht nur der feste Hinweis mit dem Link in den eigenen Chat. Schreiben Sie den Inhalt dort.
gate-transfer-basis = Die Rechtsgrundlage für die Übermittlung an diesen Anbieter ruht. Nutzen Sie den eigenen Chat.
gate-minor = Die Person ist minderjährig. Werbung und Umfragen brauchen die Bestätigung der Eltern.
gate-class-mixed = Der Text wirbt, die Nachricht ist aber keine Werbung. Nehmen Sie die Werbung heraus oder senden Sie sie mit Einwilligung für sich.
gate-fixed-text-only = Für diese Nachricht gibt es einen festen Text. Senden Sie ihn unverändert.
gate-class-unsupported = Diese Art Nachricht ist auf diesem Kanal nicht vorgesehen. Wählen Sie einen anderen Kanal.
gate-conversation-not-begun = Antworten sind möglich, sobald die Person selbst geschrieben hat.
gate-follow-up-limit = { $max ->
    [one] Ohne Antwort ist hier nur eine weitere Nachricht möglich. Warten Sie, bis die Person schreibt.
   *[other] Ohne Antwort sind hier höchstens { $max } weitere Nachrichten möglich. Warten Sie, bis die Person schreibt.
}
gate-channel-not-chosen = Nachrichten zum Vertrag gehen hier erst, wenn die Person diesen Kanal dafür gewählt hat.
gate-only-in-conversation = Eine Umfrage ist hier nur einmal und nur in der offenen Unterhaltung möglich.
gate-only-once = Diese Nachricht geht nur einmal hinaus und ist schon gesendet.
gate-only-as-answer = Diese Frage ist nur als Antwort möglich. Lassen Sie die Person zuerst schreiben, etwa mit dem Code aus dem Formular.
gate-opt-out-missing = In Werbung gehört ein kostenloser Weg, ihr zu widersprechen. Fügen Sie den Abmeldelink ein.
gate-list-entry = Die Adresse steht auf einer Liste, die Werbung ausschließt.
gate-list-unasked = Vor Werbung an diese Adresse ist eine Sperrliste abzufragen. Danach ist das Senden möglich.
gate-objected = Die Person hat Werbung und Umfragen widersprochen. Antworten auf ihre Anliegen sind weiter möglich.
gate-marketing-paused = Werbung und Umfragen ruhen, weil die Person ihnen vielleicht widersprochen hat. Klären Sie die offene Aufgabe dazu.
gate-consent-pending = Die Person hat ihre Einwilligung noch nicht bestätigt.
gate-consent-outdated = Die Einwilligung galt einem älteren Hinweis. In einer Unterhaltung, die die Person begonnen hat, lässt sie sich erneuern.
gate-consent-expired = Die Einwilligung ist abgelaufen. Die Person kann sie von sich aus neu geben.
gate-consent-withdrawn = Die Person hat ihre Einwilligung widerrufen. Sie kann sie von sich aus neu geben.
gate-consent-invalidated = Die Einwilligung wurde für ungültig erklärt.
gate-consent-unproven = Die Einwilligung stammt aus einer Liste und ist für diese Person nicht nachgewiesen. Hinterlegen Sie den Nachweis.
gate-consent-scope = Die Einwilligung deckt diesen Zweck oder Kanal nicht ab.
gate-channel-mismatch = Die Einwilligung gilt für einen anderen Kanal oder eine andere Adresse.
gate-address-unverified = Die Adresse hat gewechselt. Die Person muss sie neu bestätigen, bevor Werbung dorthin geht.
gate-existing-customer = Für Werbung an Bestandskunden fehlt eine der gesetzlichen Bedingungen.
gate-no-notice = Die Person kennt den Datenschutzhinweis noch nicht, und er lässt sich hier nicht anfügen.
gate-marketing-template-needed = Werbung geht auf diesem Kanal nur mit einer dafür freigegebenen Vorlage.
gate-quiet-hours = Bei der Person ist gerade Ruhezeit. Die Nachricht geht zur nächsten erlaubten Stunde.
gate-quiet-hours-unknown = Die Ortszeit der Person ist nicht bekannt. Tragen Sie ihre Zeitzone ein.
gate-frequency-cap = { $max ->
    [one] Mehr als eine Werbenachricht im Monat ist nicht vorgesehen. Die nächste ist später möglich.
   *[other] Mehr als { $max } Werbenachrichten im Monat sind nicht vorgesehen. Die nächste ist später möglich.
}
gate-sensitive-hold = Der Text enthält besonders geschützte Angaben. Senden Sie ihn über den eigenen Chat.
gate-duplicate = Dieselbe Nachricht ist gerade erst an diese Person gegangen.
