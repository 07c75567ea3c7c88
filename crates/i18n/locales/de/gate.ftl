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
