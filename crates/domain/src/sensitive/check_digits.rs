//! Check digits and inner structure of personal identifiers, over their compact form: upper-case
//! ASCII letters and digits, nothing between them. Whether a text near by speaks of such a number
//! is not asked here.

/// How long an IBAN is, by the country it begins with (IBAN registry).
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 \
    CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 \
    HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 \
    ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 \
    SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";
const IBAN_LENGTH_MIN: usize = 15;
/// What the serial number of a German identity card or passport is written with: no vowels, and
/// no letters that look like digits.
const DOCUMENT_LETTERS: &[u8] = b"CFGHJKLMNPRTVWXYZ";
const BIRTH_DAY_OFFSET: u32 = 50;

fn digit(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(10)
}

/// A digit as itself, a letter as ten and above.
fn value(byte: u8) -> Option<u32> {
    char::from(byte).to_digit(36)
}

fn all_digits(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit)
}

/// A number that is written in these two digits.
fn two(text: &[u8]) -> Option<u32> {
    match text {
        [tens, ones] => Some(digit(*tens)? * 10 + digit(*ones)?),
        _ => None,
    }
}

/// Products with the weights, each reduced to the sum of its digits.
fn sum_of_digit_sums(digits: impl Iterator<Item = u32>, weights: &[u32]) -> u32 {
    digits
        .zip(weights.iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum()
}

/// A letter as its place in the alphabet, in two digits.
fn letter_digits(letter: u8) -> Option<[u32; 2]> {
    let place = u32::from(letter.is_ascii_uppercase().then(|| letter - b'A' + 1)?);
    Some([place / 10, place % 10])
}

/// Length of the country, its own structure where it is one of ours, and ISO 7064 MOD 97-10.
#[must_use]
pub fn is_iban(text: &[u8]) -> bool {
    let Some((head, account)) = text.split_at_checked(4) else {
        return false;
    };
    let (country, check) = head.split_at(2);
    // Nearly nothing gets as far as the table.
    let shaped = country.iter().all(u8::is_ascii_uppercase) && all_digits(check);
    if !shaped || text.len() < IBAN_LENGTH_MIN {
        return false;
    }
    let known = IBAN_LENGTHS
        .split(' ')
        .find(|entry| entry.as_bytes().starts_with(country));
    let length = known.and_then(|entry| two(&entry.as_bytes()[2..]));
    if length.is_none_or(|length| length as usize != text.len()) {
        return false;
    }
    let fits = match country {
        b"DE" | b"AT" => all_digits(account),
        b"CH" | b"LI" => all_digits(&account[..5]),
        _ => true,
    };
    let mut rest = 0;
    for byte in account.iter().chain(head) {
        let Some(value) = value(*byte) else {
            return false;
        };
        let shift = if value > 9 { 100 } else { 10 };
        rest = (rest * shift + value) % 97;
    }
    fits && rest == 1
}

/// An issuer's range with the lengths it uses, and Luhn.
#[must_use]
pub fn is_card(text: &[u8]) -> bool {
    if !all_digits(text) || text.len() < 13 {
        return false;
    }
    let starts = |digits: usize| {
        text[..digits]
            .iter()
            .fold(0, |all, byte| all * 10 + u32::from(byte - b'0'))
    };
    let issued = match text.len() {
        13 | 19 => starts(1) == 4,
        15 => matches!(starts(2), 34 | 37),
        16 => {
            starts(1) == 4 || (51..=55).contains(&starts(2)) || (2221..=2720).contains(&starts(4))
        }
        _ => false,
    };
    let digits = text.iter().rev().filter_map(|byte| digit(*byte));
    issued && sum_of_digit_sums(digits, &[1, 2]) % 10 == 0
}

/// The thirteen digits of an article number: every second one counts three times.
#[must_use]
pub fn is_article_number(text: &[u8]) -> bool {
    let weighed = text
        .iter()
        .filter_map(|byte| digit(*byte))
        .zip([1, 3].iter().cycle());
    text.len() == 13
        && all_digits(text)
        && weighed.map(|(digit, weight)| digit * weight).sum::<u32>() % 10 == 0
}

/// German statutory health insurance: a letter, eight digits, a check digit.
#[must_use]
pub fn is_health_insurance_number(text: &[u8]) -> bool {
    let [letter, digits @ .., check] = text else {
        return false;
    };
    let Some(letter) = letter_digits(*letter) else {
        return false;
    };
    if digits.len() != 8 || !all_digits(digits) {
        return false;
    }
    let values = digits.iter().filter_map(|byte| digit(*byte));
    let sum = sum_of_digit_sums(letter.into_iter().chain(values), &[1, 2]);
    digit(*check) == Some(sum % 10)
}

/// Whether there may be such a day. The century is not known, so every fourth year leaps.
fn is_day(day: u32, month: u32, year: u32) -> bool {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// German pension insurance: area, birthday, letter of the name, serial, check digit.
#[must_use]
pub fn is_pension_number(text: &[u8]) -> bool {
    if text.len() != 12 || !all_digits(&text[..8]) || !all_digits(&text[9..]) {
        return false;
    }
    let Some(letter) = letter_digits(text[8]) else {
        return false;
    };
    let birth = [2, 4, 6].map(|at| two(&text[at..at + 2]).unwrap_or(0));
    // Where a day's serials were used up, fifty is added to it.
    let day = birth[0].checked_sub(BIRTH_DAY_OFFSET).unwrap_or(birth[0]);
    let before = text[..8].iter().filter_map(|byte| digit(*byte));
    let behind = text[9..11].iter().filter_map(|byte| digit(*byte));
    let values = before.chain(letter).chain(behind);
    let sum = sum_of_digit_sums(values, &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
    is_day(day, birth[1], birth[2]) && digit(text[11]) == Some(sum % 10)
}

/// ISO 7064 MOD 11,10 over all but the last digit.
fn ends_in_hybrid_check(text: &[u8]) -> bool {
    let Some((check, digits)) = text.split_last() else {
        return false;
    };
    let product = digits
        .iter()
        .filter_map(|byte| digit(*byte))
        .fold(10, |product, digit| {
            let sum = (product + digit) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
    digit(*check) == Some((11 - product) % 10)
}

/// German tax identification number. Among its first ten digits exactly one occurs twice or three
/// times, though not three times in a row, and every other at most once.
#[must_use]
pub fn is_tax_id(text: &[u8]) -> bool {
    if text.len() != 11 || !all_digits(text) || text[0] == b'0' {
        return false;
    }
    let first = &text[..10];
    let mut counts = [0_u8; 10];
    for byte in first {
        counts[usize::from(byte - b'0')] += 1;
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let in_a_row = first
        .windows(3)
        .any(|three| three[0] == three[1] && three[1] == three[2]);
    repeated == 1
        && counts.iter().all(|count| *count <= 3)
        && !in_a_row
        && ends_in_hybrid_check(text)
}

/// Nine digits behind the letters DE, with their check digit.
#[must_use]
pub fn is_vat_id(text: &[u8]) -> bool {
    let Some(digits) = text.strip_prefix(b"DE") else {
        return false;
    };
    digits.len() == 9 && all_digits(digits) && digits[0] != b'0' && ends_in_hybrid_check(digits)
}

/// The nine signs of a German identity card or passport, without the check digit behind them.
#[must_use]
pub fn is_document_serial(text: &[u8]) -> bool {
    let sign = |byte: &u8| byte.is_ascii_digit() || DOCUMENT_LETTERS.contains(byte);
    text.len() == 9
        && text.iter().all(sign)
        && DOCUMENT_LETTERS.contains(&text[0])
        && text.iter().any(u8::is_ascii_digit)
}

/// A document's serial with its check digit, which is a tenth sign (ICAO 9303, weights 7 3 1).
#[must_use]
pub fn is_document_number(text: &[u8]) -> bool {
    let Some((check, serial)) = text.split_last() else {
        return false;
    };
    let values = serial.iter().filter_map(|byte| value(*byte));
    let sum: u32 = values
        .zip([7, 3, 1].iter().cycle())
        .map(|(value, weight)| value * weight)
        .sum();
    is_document_serial(serial) && digit(*check) == Some(sum % 10)
}

/// A physician's number for life: six digits, their check digit, two for the field of work.
#[must_use]
pub fn is_physician_number(text: &[u8]) -> bool {
    if text.len() != 9 || !all_digits(text) {
        return false;
    }
    let values = text[..6].iter().filter_map(|byte| digit(*byte));
    let sum: u32 = values
        .zip([4, 9].iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    digit(text[6]) == Some((10 - sum % 10) % 10)
}

/// Austrian social insurance: serial, check digit, birthday.
#[must_use]
pub fn is_austrian_insurance_number(text: &[u8]) -> bool {
    if text.len() != 10 || !all_digits(text) || text[0] == b'0' {
        return false;
    }
    let birth = [4, 6, 8].map(|at| two(&text[at..at + 2]).unwrap_or(0));
    let rest = text[..3]
        .iter()
        .chain(&text[4..])
        .filter_map(|byte| digit(*byte));
    let weighed = rest.zip([3, 7, 9, 5, 8, 4, 2, 1, 6]);
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight).sum();
    // A remainder of ten has no digit, and such a serial is not given out.
    is_day(birth[0], birth[1], birth[2]) && digit(text[3]) == Some(sum % 11)
}

/// Swiss old-age insurance: 756 and ten digits, checked as an article number is.
#[must_use]
pub fn is_swiss_insurance_number(text: &[u8]) -> bool {
    text.starts_with(b"756") && is_article_number(text)
}
