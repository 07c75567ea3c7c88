//! The vectors of every identifier, what one wrong digit does to them, and what chance lets through.

use proptest::prelude::*;

use super::super::check_digits as check;
use super::random::Random;
use super::{Confidence, Rule, SectorMode, found, in_mode, rules};
use Confidence::{High, Low, Medium};

type Check = fn(&[u8]) -> bool;

/// An identifier: its rule, its check, valid ones, and a form of which some are valid by chance,
/// with the most that may pass, of 10,000.
struct Sort {
    rule: Rule,
    check: Check,
    valid: &'static [&'static str],
    forms: &'static [&'static str],
    passing_max: u32,
}

const SORTS: &[Sort] = &[
    Sort {
        rule: Rule::Iban,
        check: check::is_iban,
        valid: &[
            "DE97999999990000012345",
            "DE43100000000987654321",
            "AT479999900012345678",
            "CH2109999A00012345678",
        ],
        forms: &["DE####################", "AT##################"],
        passing_max: 130,
    },
    Sort {
        rule: Rule::Card,
        check: check::is_card,
        valid: &[
            "4111111111111111",
            "5555555555554444",
            "378282246310005",
            "5200828282828210",
        ],
        forms: &["################", "###############", "#############"],
        passing_max: 210,
    },
    Sort {
        rule: Rule::HealthInsuranceNumber,
        check: check::is_health_insurance_number,
        valid: &[
            "A000500015",
            "T123456780",
            "M000000019",
            "Z999999997",
            "A908172634",
        ],
        forms: &["@#########"],
        passing_max: 1_060,
    },
    Sort {
        rule: Rule::PensionNumber,
        check: check::is_pension_number,
        valid: &[
            "15070649C103",
            "65170839J003",
            "13011280K511",
            "80311299A073",
        ],
        forms: &["########@###"],
        passing_max: 100,
    },
    Sort {
        rule: Rule::TaxId,
        check: check::is_tax_id,
        valid: &[
            "86095742719",
            "12345678995",
            "98765432114",
            "10234567806",
            "55123456788",
        ],
        forms: &["*##########"],
        passing_max: 55,
    },
    Sort {
        rule: Rule::DocumentNumber,
        check: check::is_document_number,
        valid: &["LZ6311T475", "L01X00T471", "C01X0006H1", "Y5RPM4M3W0"],
        forms: &["!????????#"],
        passing_max: 1_060,
    },
    Sort {
        rule: Rule::VatId,
        check: check::is_vat_id,
        valid: &["DE136695976", "DE123456788", "DE900000014"],
        forms: &["DE*########"],
        passing_max: 1_060,
    },
    Sort {
        rule: Rule::PhysicianNumber,
        check: check::is_physician_number,
        valid: &["123456601", "654321101", "111111101", "999998801"],
        forms: &["#########"],
        passing_max: 1_060,
    },
    Sort {
        rule: Rule::AustrianInsuranceNumber,
        check: check::is_austrian_insurance_number,
        valid: &["1237010180", "7823281060", "5552311299"],
        forms: &["*#########"],
        passing_max: 60,
    },
    Sort {
        rule: Rule::SwissInsuranceNumber,
        check: check::is_swiss_insurance_number,
        valid: &["7569217076985", "7561234567897"],
        forms: &["756##########"],
        passing_max: 1_060,
    },
];

/// Sorts whose one wrong digit is always seen.
const ALWAYS_SEEN: [Rule; 5] = [
    Rule::HealthInsuranceNumber,
    Rule::PensionNumber,
    Rule::TaxId,
    Rule::Iban,
    Rule::Card,
];

// Check: GU-01
#[test]
fn gu_01_every_vector_passes_its_check() {
    for sort in SORTS {
        for valid in sort.valid {
            assert!((sort.check)(valid.as_bytes()), "{valid}");
        }
    }
}

// Check: GU-01
#[test]
fn gu_01_what_is_no_such_number_fails_its_check() {
    let wrong: &[(Check, &str)] = &[
        // Every digit once: the check digit fits, the structure does not.
        (check::is_tax_id, "12345678903"),
        (check::is_tax_id, "01234567899"),
        // Three times in a row.
        (check::is_tax_id, "11123456782"),
        (check::is_iban, "DE9799999999000001234"),
        (check::is_iban, "ZZ97999999990000012345"),
        (check::is_iban, "DE98999999990000012345"),
        // Luhn fits, no issuer has it.
        (check::is_card, "6111111111111119"),
        (check::is_card, "41111111111111"),
        (check::is_pension_number, "15320649C103"),
        (check::is_pension_number, "15070649C104"),
        (check::is_austrian_insurance_number, "1237320180"),
        (check::is_swiss_insurance_number, "7569217076984"),
        (check::is_health_insurance_number, "A000500016"),
        (check::is_document_number, "LZ6311T474"),
        // The ninth sign is no check digit: with a vowel it is no serial at all.
        (check::is_document_serial, "LA6311T47"),
        (check::is_vat_id, "DE136695977"),
        (check::is_vat_id, "AT136695976"),
        (check::is_physician_number, "123456501"),
    ];
    for (check, text) in wrong {
        assert!(!check(text.as_bytes()), "{text}");
    }
    for sort in SORTS {
        for odd in ["", "A", "756", "ÄÖÜ", "DE", "0", "----------"] {
            assert!(!(sort.check)(odd.as_bytes()), "{odd}");
        }
    }
}

/// Every change of one digit to another.
fn one_digit_changed(text: &str) -> Vec<String> {
    let mut changed = Vec::new();
    for (at, old) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        for new in ('0'..='9').filter(|new| *new != old) {
            changed.push(format!("{}{new}{}", &text[..at], &text[at + 1..]));
        }
    }
    changed
}

/// Every swap of two different digits that stand side by side.
fn neighbours_swapped(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let differ = |at: &usize| {
        bytes[*at].is_ascii_digit() && bytes[at + 1].is_ascii_digit() && bytes[*at] != bytes[at + 1]
    };
    let swap = |at: usize| {
        let mut swapped = bytes.to_vec();
        swapped.swap(at, at + 1);
        String::from_utf8(swapped).expect("digits were swapped")
    };
    (0..bytes.len() - 1).filter(differ).map(swap).collect()
}

/// Valid numbers of chance, so that more than the vectors is tampered with.
fn some_valid(sort: &Sort, seed: u64, count: usize) -> Vec<String> {
    let mut random = Random(seed);
    let mut valid = Vec::new();
    while valid.len() < count {
        let form = sort.forms[random.below(sort.forms.len())];
        let text = random.of_form(form);
        if (sort.check)(text.as_bytes()) {
            valid.push(text);
        }
    }
    valid
}

// Check: GU-01
#[test]
fn gu_01_one_wrong_digit_is_always_seen() {
    for sort in SORTS.iter().filter(|sort| ALWAYS_SEEN.contains(&sort.rule)) {
        let chance = some_valid(sort, 7, 100);
        let vectors = sort.valid.iter().map(|text| (*text).to_owned());
        for text in vectors.chain(chance) {
            for changed in one_digit_changed(&text) {
                assert!(!(sort.check)(changed.as_bytes()), "{text} {changed}");
            }
        }
    }
}

// Check: GU-01
#[test]
fn gu_01_swapped_neighbours_are_nearly_always_seen() {
    for sort in SORTS.iter().filter(|sort| ALWAYS_SEEN.contains(&sort.rule)) {
        let (mut swaps, mut seen) = (0, 0);
        for text in some_valid(sort, 11, 1_500) {
            for swapped in neighbours_swapped(&text) {
                swaps += 1;
                seen += u32::from(!(sort.check)(swapped.as_bytes()));
            }
        }
        assert!(swaps > 10_000, "{:?}", sort.rule);
        assert!(
            seen * 1_000 >= swaps * 966,
            "{:?}: {seen} of {swaps}",
            sort.rule
        );
    }
}

proptest! {
    // Check: GU-01
    #[test]
    fn gu_01_a_tampered_number_of_chance_is_not_believed(
        seed in any::<u64>(), which in 0..ALWAYS_SEEN.len(), at in any::<prop::sample::Index>(),
    ) {
        let sort = SORTS.iter().find(|sort| sort.rule == ALWAYS_SEEN[which]).expect("it is in the table");
        let valid = some_valid(sort, seed, 1).remove(0);
        let changed = one_digit_changed(&valid);
        let changed = &changed[at.index(changed.len())];
        prop_assert!((sort.check)(valid.as_bytes()));
        prop_assert!(!(sort.check)(changed.as_bytes()));
        let whole = |text: &str| found(text).iter().any(|one| one.rule == sort.rule && one.span.len() == text.len());
        prop_assert!(!whole(changed));
    }
}

// Check: GU-02
#[test]
fn gu_02_chance_passes_a_check_no_more_often_than_was_measured() {
    const TRIES: u32 = 20_000;
    for sort in SORTS {
        let mut random = Random(20_261_130);
        let mut passed = 0;
        for _ in 0..TRIES {
            let form = sort.forms[random.below(sort.forms.len())];
            passed += u32::from((sort.check)(random.of_form(form).as_bytes()));
        }
        let of_ten_thousand = passed * 10_000 / TRIES;
        assert!(
            of_ten_thousand <= sort.passing_max,
            "{:?}: {of_ten_thousand}",
            sort.rule
        );
        assert!(passed > 0, "{:?} lets nothing through", sort.rule);
    }
}

// Check: GU-02
#[test]
fn gu_02_a_number_of_chance_without_a_word_beside_it_is_seldom_believed() {
    const TRIES: u32 = 4_000;
    // Form, and how many of 10,000 may be called sensitive.
    let budgets = [
        ("@#########", 0),
        ("!????????#", 0),
        ("#########", 0),
        ("*#########", 0),
        ("*##########", 0),
        ("DE*########", 0),
        ("########@###", 100),
        ("#############", 120),
        ("################", 210),
        ("DE####################", 130),
    ];
    for (form, budget) in budgets {
        let mut random = Random(4);
        let believed = (0..TRIES)
            .filter(|_| {
                let text = format!("Es geht um {} von gestern", random.of_form(form));
                found(&text)
                    .iter()
                    .any(|finding| finding.confidence == High)
            })
            .count();
        assert!(
            believed * 10_000 <= budget * TRIES as usize,
            "{form}: {believed}"
        );
    }
}

// Check: GU-01
#[test]
fn gu_01_numbers_are_found_in_sentences_however_they_are_grouped() {
    let high = |rule| vec![(rule, High)];
    for (text, expected) in [
        (
            "Meine IBAN ist DE97 9999 9999 0000 0123 45.",
            high(Rule::Iban),
        ),
        ("de97999999990000012345", high(Rule::Iban)),
        ("IBAN:AT47-9999-9000-1234-5678, danke", high(Rule::Iban)),
        (
            "CH21\u{a0}0999\u{a0}9A00\u{a0}0123\u{a0}4567\u{a0}8",
            high(Rule::Iban),
        ),
        ("Karte 4111 1111 1111 1111 12/27 123", high(Rule::Card)),
        ("5555-5555-5555-4444", high(Rule::Card)),
        ("Amex 3782 822463 10005", high(Rule::Card)),
        (
            "Versichertennummer A000500015",
            high(Rule::HealthInsuranceNumber),
        ),
        (
            "meine KVNR: t123 456 780",
            high(Rule::HealthInsuranceNumber),
        ),
        ("SV-Nummer 15 070649 C 103", high(Rule::PensionNumber)),
        ("13011280K511", high(Rule::PensionNumber)),
        ("Steuer-ID 86 095 742 719", high(Rule::TaxId)),
        ("IdNr.: 55123456788", high(Rule::TaxId)),
        ("Ausweis LZ6311T47+5", high(Rule::DocumentNumber)),
        ("Reisepass C01X0006H1", high(Rule::DocumentNumber)),
        (
            "Sozialversicherungsnummer 1237 010180",
            high(Rule::AustrianInsuranceNumber),
        ),
        ("756.9217.0769.85", high(Rule::SwissInsuranceNumber)),
        ("AHV 7561234567897", high(Rule::SwissInsuranceNumber)),
        ("Diagnose F32.1 G", high(Rule::DiagnosisCode)),
        ("Auf der AU steht M54.5", high(Rule::DiagnosisCode)),
        ("Befund: C50.9!", high(Rule::DiagnosisCode)),
        (
            "Personalausweis L01X00T47",
            vec![(Rule::DocumentSerial, Medium)],
        ),
        ("LANR 123456601", vec![(Rule::PhysicianNumber, Medium)]),
        ("ICD F32", vec![(Rule::DiagnosisCode, Medium)]),
        ("86095742719", vec![(Rule::TaxId, Medium)]),
        ("1237010180", vec![(Rule::AustrianInsuranceNumber, Medium)]),
        ("A000500015", vec![(Rule::HealthInsuranceNumber, Low)]),
        ("Y5RPM4M3W0", vec![(Rule::DocumentNumber, Low)]),
        ("USt-IdNr. DE136695976", vec![(Rule::VatId, Low)]),
        ("M54.5", vec![(Rule::DiagnosisCode, Low)]),
    ] {
        assert_eq!(rules(text), expected, "{text}");
    }
}

#[test]
fn where_insured_people_write_their_number_needs_no_word_beside_it() {
    for mode in SectorMode::ALL {
        let scan = in_mode(mode).scan("Hier bitte: A000500015");
        let expected = if mode.expects_health_numbers() {
            High
        } else {
            Low
        };
        assert_eq!(scan.findings[0].confidence, expected, "{mode:?}");
        assert_eq!(SectorMode::parse(mode.as_str()), Some(mode));
    }
    assert_eq!(SectorMode::parse("Standard"), None);
}

// Check: GU-02
#[test]
fn gu_02_numbers_of_something_else_are_not_believed() {
    for text in [
        "Bestellnummer 302-1234567-1234567",
        "EAN 4006381333931",
        "Artikel 4006381333931 in Größe 42",
        "Sendungsnummer 00340434161094042557",
        "1Z999AA10123456784",
        "Bitte rufen Sie +49 30 23125 042 an",
        "Tel. 0171 39200 12",
        "Flug LH1234, Sitz C32",
        "Fehler E23.1 am Router",
        "Größe M54, Farbe C50",
        "Summe 1.237.010.180,00 Euro",
        "X11 und C99 auf x86",
        "Bestellung A000500015",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
    ] {
        let sure: Vec<_> = rules(text)
            .into_iter()
            .filter(|(_, sure)| *sure > Low)
            .collect();
        assert_eq!(sure, [], "{text}");
    }
}

#[test]
fn a_finding_covers_the_number_and_nothing_else() {
    let text = "Größe? Nein, IBAN „DE97 9999 9999 0000 0123 45“ 👋";
    let findings = found(text);
    assert_eq!(findings.len(), 1);
    assert_eq!(
        &text[findings[0].span.clone()],
        "DE97 9999 9999 0000 0123 45"
    );
    let two = found("DE43100000000987654321 oder 4111111111111111");
    assert_eq!(two.len(), 2);
}
