//! Two sets of our own sentences, as customers of shops, insurers, practices and garages write
//! them. They are small and made up: what they measure is a regression, not the truth.

use std::collections::BTreeSet;

use super::{Confidence, Guard, Rule, Settings, found, rules};

/// Each holds something about somebody's health, account or papers.
const SENSITIVE: &[&str] = &[
    "Hallo, ich habe Diabetes Typ 2 und brauche die Lieferung bis Freitag.",
    "Mein Sohn hat ADHS, kann er trotzdem mitfahren?",
    "bei mir wurde zöliakie festgestellt, gibt es glutenfreies brot?",
    "Ich muss dreimal die Woche zur Dialyse, daher passt nur Dienstag.",
    "Können Sie mir einen Psychologen empfehlen? Mir geht es nicht gut.",
    "Seit dem Unfall macht meine Bandscheibe Ärger.",
    "I was diagnosed with cancer last month and need to cancel my trip.",
    "Meine Frau ist schwanger, darf sie auf den Stuhl?",
    "Ich bin HIV-positiv, muss ich das in der Praxis angeben?",
    "Wegen meiner Depression war ich drei Monate krankgeschrieben.",
    "Anbei die Krankmeldung für diese Woche.",
    "Der Arzt hat mir neue Tabletten verschrieben, kann ich die bei Ihnen abholen?",
    "Ich hätte gern das Rezept vom Hausarzt bei Ihnen eingelöst, geht das in jeder Apotheke?",
    "Nach der OP darf ich nichts Schweres tragen, bitte bis an die Tür liefern.",
    "Mein Vater hat Demenz und öffnet niemandem.",
    "Wir hatten letzte Woche eine Fehlgeburt und möchten den Kurs absagen.",
    "Ich nehme Blutverdünner, ist das für die Behandlung wichtig?",
    "Meine Tochter ist gegen Nüsse allergisch, was ist in der Torte?",
    "Wird das Krankengeld auch bei meiner Reha weitergezahlt?",
    "Ich habe Pflegegrad 3, welche Zuschüsse gibt es?",
    "Mein Brustkrebs ist zurück, ich kann den Termin nicht halten.",
    "Brauche die Pille danach, haben Sie die vorrätig? Ich bin 17.",
    "Ich bin seit zwei Jahren trocken, war vorher in der Suchtklinik.",
    "Welche Kissen helfen bei Migräne? Ich leide seit Jahren darunter.",
    "Wegen Schmerzen in der Hüfte kann ich keine Treppen steigen, mein Orthopäde rät ab.",
    "Mein Herzschrittmacher – darf ich durch den Scanner?",
    "Ich hab Rheuma in den Händen und bekomme die Dose nicht auf.",
    "meine mutter hat parkinson und braucht hilfe beim einsteigen",
    "Unser Kind hat Epilepsie, wissen die Betreuer, was zu tun ist?",
    "Ich bin schwerbehindert (GdB 60), gibt es Rabatt?",
    "Der Befund aus der Klinik ist da, die Diagnose liegt bei.",
    "Ich möchte die Chemotherapie bei Ihnen in Rechnung stellen lassen.",
    "Meine Psychotherapie wird nicht mehr bezahlt, wieso?",
    "Leide an Asthma, bitte nicht rauchen im Ferienhaus.",
    "Kann man mit Bluthochdruck in die Sauna? Habe 160 zu 100.",
    "Wegen einer Panikattacke bin ich nicht zum Termin erschienen.",
    "I'm pregnant and feel sick, can I move my appointment?",
    "My doctor prescribed new medication, is it covered?",
    "We need a room for my disabled brother.",
    "Ich bin lesbisch, können meine Frau und ich beide als Mutter eingetragen werden?",
    "Als Gewerkschaftsmitglied habe ich doch Anspruch auf den Rabatt.",
    "Ich bin Muslim, gibt es das Essen auch halal?",
    "Mein Asylantrag läuft noch, kann ich einen Vertrag machen?",
    "Meine IBAN lautet DE97 9999 9999 0000 0123 45.",
    "Bitte von AT479999900012345678 abbuchen",
    "Nehmen Sie die Karte 4111 1111 1111 1111, gültig bis 12/27.",
    "amex 378282246310005",
    "Versichertennummer T123456780, geboren bin ich 1980",
    "meine rentenversicherungsnummer 65170839J003",
    "Steuer-ID: 86 095 742 719",
    "Perso LZ6311T47+5 läuft bald ab",
    "SVNR 1237 010180",
    "AHV-Nr. 756.9217.0769.85",
    "Auf dem Schein steht F32.1 G, was heißt das?",
    "Diagnose M54.5 laut Krankschreibung",
    "Ich war beim Urologen, er hat mir Viagra verschrieben.",
    "Habe Corona und kann das Paket nicht abholen.",
    "Hab mir das Bein gebrochen und liege im Krankenhaus.",
    "Bin gerade operiert worden, bitte beim Nachbarn abgeben.",
    "Mein Blutzucker spielt verrückt, brauche Teststreifen.",
    "Ich stottere und telefoniere deshalb ungern.",
    "Er sieht fast nichts mehr, Makuladegeneration.",
    "Bei mir wurde ein Tumor gefunden.",
    "Ich habe Krebs und weiß nicht, ob ich im Herbst noch fahren kann.",
    "Kann ich mit meiner Neurodermitis in das Thermalbad?",
    "Ich ritze mich und rede mit niemandem darüber.",
    "Bitte diskret verpacken, es sind Windelhosen wegen Inkontinenz.",
    "Nach meinem Burnout arbeite ich nur noch halbtags.",
    "Meine Niere ist transplantiert, ich darf keine Grapefruit essen.",
    "Meine Frau ist gestern ins Hospiz gekommen.",
];

/// None of them does, though each looks a little like it.
const HARMLESS: &[&str] = &[
    "Wo bleibt meine Bestellung 302-1234567-1234567?",
    "Sendungsnummer 00340434161094042557, seit drei Tagen keine Bewegung.",
    "UPS 1Z999AA10123456784 wurde nicht zugestellt",
    "EAN 4006381333931, haben Sie das in Blau?",
    "Artikelnummer 4012345678901 passt nicht zum Lieferschein.",
    "Flug LH1234 am 12.05., Sitz C32",
    "Größe M54 oder doch lieber L, Farbe F32?",
    "Fehler E23.1 auf dem Router, was tun?",
    "Der Drucker meldet C99.2 und druckt nicht.",
    "Die Waschmaschine zeigt F12.0 und pumpt nicht ab.",
    "Meine Diagnose-LED blinkt rot.",
    "Wann kommt die neue Staffel der Krankenhaus-Serie?",
    "Das Rezept für den Apfelkuchen war super, danke!",
    "Können Sie mir das Rezept vom Linsensalat schicken?",
    "Ich suche das Buch über die große Depression von 1929 und die Wirtschaft.",
    "Mein Sternzeichen ist Krebs, gibt es die Kette damit?",
    "Haben Sie Krebssuppe auf der Karte?",
    "Mein Computer hat einen Virus, reparieren Sie auch Laptops?",
    "Er sucht noch nach der Rechnung.",
    "Wir suchen einen Tisch für vier Personen.",
    "Herr Parkinson hat bei Ihnen bestellt, Nummer 4711.",
    "Ich bin krankhaft ordentlich, bitte alles in einen Karton.",
    "Rufen Sie mich an: +49 30 23125 042",
    "Tel 030 23125042, ab 18 Uhr",
    "Kundennummer 1234567890, Vertrag 9876543210",
    "IMEI 356938035643809",
    "Seriennummer C02XK0AAJG5H",
    "Modell X11 mit C99-Compiler auf x86",
    "ISBN 978-3-16-148410-0 bitte zurücklegen",
    "Die Rechnung über 1.237.010,80 Euro kann nicht stimmen.",
    "Zählerstand 00123456, Zählernummer 1ESY1160123456",
    "WLAN-Schlüssel 12345678901234567890",
    "Meine Kinder spielen gern Doktor Bibber, haben Sie das Spiel?",
    "Ich hätte gern einen Termin für den Ölwechsel.",
    "Die Pflanze sieht krank aus, was kann ich tun?",
    "Wie lange dauert der Versand nach Österreich?",
    "Bitte die Blumen auf Station 3 im Parkhaus abgeben.",
    "Wir treffen uns vor der Apotheke am Markt.",
    "Ist die Praxis am Montag geöffnet?",
    "Der Arzt-Kalender für die Wand ist vergriffen?",
    "Das Medikamentenschränkchen aus dem Katalog in Weiß bitte.",
    "Ich brauche einen Erste-Hilfe-Kasten für das Auto.",
    "Können Sie das Blutorangeneis liefern?",
    "Das Herz aus Schokolade ist zerbrochen angekommen.",
    "Die Spritze für den Teppichkleber fehlt im Paket.",
    "Ihr Knie-Schoner in Größe L ist zu klein.",
    "Die Leberwurst war leider nicht frisch.",
    "Ich habe den Rücken des Buches beschädigt erhalten.",
    "Das Fieberthermometer geht nicht an.",
    "Gipskarton, 12 Platten, bitte an die Baustelle.",
    "Die Operation Papierkorb war ein voller Erfolg.",
    "Wie hoch ist die Dosis Entkalker für die Kaffeemaschine?",
    "Ich nehme die grüne Jacke in Größe 38.",
    "Ich habe leider die falsche Adresse angegeben.",
    "Mein Paket wurde bei den Nachbarn abgegeben.",
    "Im Notfall nehme ich auch die blaue.",
    "Steht die Notfall-Nummer im Handbuch?",
    "Code 86095742 eingeben und dann 719",
    "Auftrag A12345678 und A12345679 zusammenlegen",
    "Charge LZ6311T47 ist ausverkauft",
    "Meine Kur-Taxe steht auf der Hotelrechnung doppelt.",
    "Version 2.54.5 stürzt ab",
    "Regal B12.3, Fach 4",
    "Ersatzteil K21.0 für den Herd",
    "Reservierung für zwei um 19:30, Name Kaiser",
    "Tarif M54.5 ab März?",
    "Hat die Kirche am Sonntag geöffnet?",
    "Die Kasse am Eingang war nicht besetzt.",
    "The doctor sleeve for the record player is missing.",
    "My order 112-7654321-1234567 has not arrived.",
    "Is the game Plague Inc. in stock?",
    "The movie about the hospital was great.",
];

/// Somebody may be in danger.
const DANGER: &[&str] = &[
    "Ich will nicht mehr leben.",
    "ich möchte mich umbringen",
    "Ich habe Suizidgedanken.",
    "Hilfe, das ist ein Notfall!",
    "Mein Mann ist bewusstlos, was soll ich tun?",
    "Ich glaube ich habe einen Herzinfarkt",
    "sie bekommt keine Luft mehr",
    "Ich habe überlegt, mir das Leben zu nehmen",
    "I want to kill myself",
    "my dad can't breathe",
    "Ich ritze mich und rede mit niemandem darüber.",
    "Er hat eine Überdosis genommen",
];

fn believed(text: &str) -> bool {
    found(text)
        .iter()
        .any(|finding| finding.confidence > Confidence::Low)
}

fn missed<'a>(texts: &'a [&str], alarm: bool) -> Vec<&'a str> {
    let is_alarm = |text: &&&str| believed(text) == alarm;
    texts.iter().filter(is_alarm).copied().collect()
}

// Check: GU-03
#[test]
fn gu_03_four_of_five_sensitive_sentences_are_noticed() {
    let overlooked = missed(SENSITIVE, false);
    let recall = 100 - overlooked.len() * 100 / SENSITIVE.len();
    assert!(SENSITIVE.len() >= 60);
    assert!(recall >= 80, "{recall} %, overlooked: {overlooked:#?}");
}

// Check: GU-02
#[test]
fn gu_02_at_most_one_of_eight_harmless_sentences_is_taken_for_sensitive() {
    let alarms = missed(HARMLESS, true);
    assert!(HARMLESS.len() >= 60);
    assert!(alarms.len() * 100 <= HARMLESS.len() * 12, "{alarms:#?}");
}

#[test]
fn no_sentence_stands_twice() {
    let all = SENSITIVE.iter().chain(HARMLESS);
    let different: BTreeSet<&&str> = all.clone().collect();
    assert_eq!(different.len(), all.count());
}

// Check: GU-09
#[test]
fn gu_09_danger_is_heard_and_never_drowned_by_something_else() {
    for text in DANGER {
        let danger = rules(text)
            .iter()
            .any(|(rule, _)| *rule == Rule::EmergencyWord);
        assert!(danger, "{text}");
        let beside = format!("{text} Meine IBAN ist DE97999999990000012345, ich habe Krebs");
        let danger = rules(&beside)
            .iter()
            .any(|(rule, _)| *rule == Rule::EmergencyWord);
        assert!(danger, "{beside}");
    }
    for text in HARMLESS {
        let danger = rules(text)
            .iter()
            .any(|(rule, _)| *rule == Rule::EmergencyWord);
        assert!(!danger, "{text}");
    }
}

#[test]
fn german_nouns_are_told_from_verbs_and_a_thing_from_what_it_is_for() {
    assert!(!believed("Wer sucht, findet nichts, sagt meine Kollegin."));
    assert!(believed("Meine Sucht macht mir zu schaffen."));
    assert!(!believed("Meine Diagnose-Software startet nicht."));
    assert!(believed("meine depression wird schlimmer"));
    // Decomposed and missing umlauts are the same word.
    assert!(believed("Ich habe Zo\u{308}liakie"));
    assert!(believed("Ich habe Zoeliakie"));
}

#[test]
fn a_company_adds_words_of_its_own() {
    let own_words = super::super::OwnWords::parse(["Dolorex", "Beruhigungstee Nr. 7", "XQ"]);
    let guard = Guard::new(Settings {
        own_words: own_words.expect("three good entries"),
        ..Settings::default()
    });
    let spans = |text: &str| -> Vec<String> {
        let findings = guard.scan(text).findings;
        let own = findings.iter().filter(|one| one.rule == Rule::OwnWord);
        own.map(|one| text[one.span.clone()].to_owned()).collect()
    };
    assert_eq!(spans("Zweimal Dolorex, bitte"), ["Dolorex"]);
    assert_eq!(spans("dolorextabletten"), ["dolorextabletten"]);
    assert_eq!(
        spans("Haben Sie BERUHIGUNGSTEE Nr. 7 da?"),
        ["BERUHIGUNGSTEE Nr. 7"]
    );
    assert_eq!(spans("Beruhigungstee Nr. 8, XQ1"), Vec::<String>::new());
    assert_eq!(spans("ein xq"), ["xq"]);
}

#[test]
fn a_list_of_own_words_has_bounds() {
    use super::super::{OwnWords, OwnWordsError};
    let refused = |entries: &[&str]| OwnWords::parse(entries.iter().copied()).err();
    assert_eq!(refused(&["a", "…"]), Some(OwnWordsError::Unusable(2)));
    assert_eq!(
        refused(&["a b c d e f g"]),
        Some(OwnWordsError::Unusable(1))
    );
    let long = "x".repeat(crate::limits::OWN_WORD_CHARS_MAX + 1);
    assert_eq!(refused(&[&long]), Some(OwnWordsError::Unusable(1)));
    let many = vec!["a"; crate::limits::OWN_WORDS_MAX + 1];
    assert_eq!(refused(&many), Some(OwnWordsError::TooMany));
    assert_eq!(refused(&many[1..]), None);
}
