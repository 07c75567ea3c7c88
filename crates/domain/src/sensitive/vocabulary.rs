//! The words the house listens for. German nouns that are also other words stand with their capital
//! letter; `~` stands for any beginning or end.

/// What a word says about the sentence it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// Nothing but health, wherever it stands.
    Clear,
    /// Health, unless the sentence speaks of something else that has this word.
    Doubtful,
    /// Health only together with another such word.
    Pair,
    /// Religion, union, sexuality: protected when somebody says it of themselves.
    Protected,
    /// Somebody speaks of themselves or of their own.
    Own,
    /// Kitchens, stars, computers, markets.
    Elsewhere,
}

pub(super) const VOCABULARY: &[(&str, Sense)] = &[
    (
        "brustkrebs darmkrebs hautkrebs lungenkrebs prostatakrebs blutkrebs leberkrebs \
         magenkrebs Aids hirntumor~ herzinfarkt schlaganfall stoma querschnittgel~ \
         querschnittsgel~ krebskrank~ krebspatient~ krebstherapie~ krebsvorsorge~ \
         krebsdiagnose~ ~karzinom ~karzinome leukaemie~ lymphom~ melanom~ metastas~ \
         chemotherapie~ Chemo Chemos strahlentherapie~ bestrahlung~ diabet~ insulin~ \
         blutzucker~ hiv adhs zoeliakie~ dialyse~ depressiv~ depressionen burnout \
         angststoerung~ panikattack~ essstoerung~ magersucht~ bulimie~ borderline bipolar~ \
         schizophren~ psychos~ psychiat~ psychother~ psychologe~ psycholog~ suchtberatung~ \
         suchtklinik~ alkoholiker~ alkoholkrank~ drogensucht~ drogenabh~ spielsucht~ \
         spielsuechtig~ entziehungskur~ methadon~ bandscheibe~ epilep~ parkinsonkrank~ \
         demenz~ demenzkrank~ alzheimer~ rheuma~ arthrose~ arthritis osteoporose~ asthma~ \
         bronchitis copd neurodermitis schuppenflechte psoriasis endometriose~ migraene~ \
         schlaganfaelle thrombose~ herzfehler~ herzschrittmacher~ herzinsuffizienz~ \
         bluthochdruck~ hepatitis tuberkulose syphilis chlamydien gonorrhoe geschlechtskrank~ \
         morbus colitis reizdarm~ glutenunvertraeg~ laktoseintoler~ nussallerg~ \
         erdnussallerg~ anaphyla~ schwanger~ fehlgeburt~ totgeburt~ abtreibung~ \
         schwangerschaftsabbr~ kinderwunschbehandl~ unfruchtbar~ impotenz~ erektions~ viagra \
         sildenafil inkontinen~ windelhos~ pflegegrad~ pflegestufe~ pflegebeduerftig~ \
         schwerbehind~ behinderungsgrad~ rollstuhlfahrer~ gehbehind~ blindengeld~ \
         krankgeschrieben krankschreib~ krankmeldung~ arbeitsunfaehig~ krankengeld~ \
         rehaklinik~ reha rehabilitation~ arztbrief~ befundbericht~ blutwerte~ blutbild~ \
         antidepressiv~ antibiotik~ betaeublung~ cortison~ kortison~ schmerzmittel~ \
         blutverduenn~ betablocker~ ~krankheit ~erkrankung ~erkrankungen ~entzuendung \
         herzkrank~ nierenkrank~ lungenkrank~ prothese~ autis~ tourette trisomie legasthen~ \
         gebaermutter~ eierstoecke ~myom ~insuffizienz organspend~ transplant~",
        Sense::Clear,
    ),
    (
        "diabetes leukemia chemotherapy pregnant pregnancy miscarriage abortion dementia \
         epilepsy bipolar schizophrenia psychiatrist psychologist psychotherap~ antidepress~ \
         insulin dialysis tumor tumour hepatitis addiction rehab asthma disability",
        Sense::Clear,
    ),
    (
        "Krebs Depression Tumor Tumore Sucht Parkinson Virus Infekt Infektion infiziert krank \
         erkrankt Allergie allergisch Behinderung OP Operation operiert Schmerzen Pille \
         Abhängigkeit süchtig Therapie Infarkt Verletzung verletzt Fieber Grippe Corona covid \
         Kur Stent Gips depression depressed cancer stroke disabled diagnosed infected \
         surgery sick ill",
        Sense::Doubtful,
    ),
    (
        "Rezept Rezepte Arzt Ärztin Hausarzt Hausärztin Facharzt Frauenarzt Zahnarzt \
         Frauenärztin Urologe Gynäkologin Kardiologe Neurologe Hautarzt Orthopäde Doktor \
         Krankenhaus Klinik Praxis Befund Befunde Diagnose Diagnosen diagnostiziert \
         Medikament Medikamente Medikamenten Tabletten Tablette Dosis Apotheke verschrieben \
         verordnet Verordnung Attest AU Symptome Symptom Beschwerden behandelt Behandlung \
         Untersuchung untersucht Impfung geimpft Krankenkasse Überweisung Nebenwirkungen \
         Nebenwirkung Patient Patientin leide leidet entlassen Station Krücken Physiotherapie \
         Spritze Blut Herz Niere Nieren Leber Lunge Rücken Knie Hüfte Wirbelsäule Allergien \
         Einnahme einnehmen therapeut therapeutin",
        Sense::Pair,
    ),
    (
        "doctor hospital prescription prescribed medication medicine pills symptoms treatment \
         patient therapist clinic pain diagnosis suffering suffer",
        Sense::Pair,
    ),
    (
        "gewerkschaftsmitglied~ gewerkschaft verdi schwul lesbisch bisexuell transgender \
         homosexuell~ moslem muslim~ muslima juedisch Jude Jüdin katholisch evangelisch \
         atheist~ asylantrag~ asylbewerber~ vorbestraft~ gay lesbian jewish",
        Sense::Protected,
    ),
    (
        "ich mein meine meiner meinem meinen mich mir wir uns unser unsere unserem unseren \
         unserer habe hab bin leide nehme i my me we our",
        Sense::Own,
    ),
    (
        "kuchen~ ~kuchen backen backe gebacken kochen koche kochbuch~ zutaten~ suppe~ ~suppe \
         salat~ braten plaetzchen sternzeichen~ horoskop~ tierkreis~ krebstier~ computer~ pc \
         laptop~ windows antivirus~ virenscan~ virenschutz~ software~ wirtschaft~ konjunktur~ \
         boerse~ serie~ staffel~ film~ roman~ krimi~ spiel~ spielzeug~ puppe~ led werkstatt~ \
         motor~ steuergeraet~ obd fahrzeug~ tv streaming~ netflix dvd bluray hoer~ recipe \
         cake cooking movie book game car kfz buch buches Bücher auto autos hund hunde katze \
         katzen pflanze~ modelleisenbahn~ gipskarton~ baumarkt~ wandfarbe~ dielen~ trocknung~ \
         atlantik~ filmreihe~ roehrenradio playstation konsole~ lego playmobil~ kostuem~ \
         fasching~ karneval~ horror~ podcast~ songtext~ album~",
        Sense::Elsewhere,
    ),
];

/// Words that stand together, in any order, close by, in one sentence, when somebody is in danger.
pub(super) const EMERGENCIES: &[&str] = &[
    "suizid~",
    "selbstmord~",
    "selbsttoetung~",
    "suicide",
    "suicidal",
    "lebensmuede",
    "mich umbringen",
    "mich umzubringen",
    "mich toeten",
    "mich erhaengen",
    "mir leben nehmen",
    "mir antun",
    "mir anzutun",
    "mich ritze",
    "mich selbst verletz~",
    "nicht mehr leben",
    "nicht mehr weiterleben",
    "ich sterben will",
    "ich sterben moechte",
    "leben beenden",
    "leben keinen Sinn",
    "Notfall",
    "Notarzt",
    "rettungswagen",
    "habe Herzinfarkt",
    "hat Herzinfarkt",
    "habe Schlaganfall",
    "hat Schlaganfall",
    "bewusstlos~",
    "ohnmaechtig",
    "bekomme keine luft",
    "kriege keine luft",
    "kriegt keine luft",
    "bekommt keine luft",
    "atmet nicht",
    "nicht atmen",
    "ueberdosis",
    "verblutet",
    "stark blutet",
    "vergiftet",
    "schlaegt mich",
    "bringt mich um",
    "kill myself",
    "killing myself",
    "hurt myself",
    "want to die",
    "end my life",
    "can t breathe",
    "cannot breathe",
    "not breathing",
    "overdose",
    "unconscious",
    "heart attack",
    "an emergency",
];

/// Before `Notfall` they make it a case that has not happened.
pub(super) const UNREAL: &[&str] = &["im", "keinen", "kein", "jeden", "not", "never"];
