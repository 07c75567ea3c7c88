//! A voice note, made here: somebody murmurs a sentence. No words, so there is nothing to
//! understand, and nobody's voice.

use std::f64::consts::TAU;

const RATE: u32 = 16_000;
const SECONDS: f64 = 3.4;

/// Vowels as the two resonances that tell them apart (hertz), and how long each lasts (seconds).
const SYLLABLES: [(f64, f64, f64); 12] = [
    (700.0, 1_150.0, 0.22),
    (320.0, 2_100.0, 0.16),
    (500.0, 1_700.0, 0.2),
    (350.0, 800.0, 0.26),
    (480.0, 950.0, 0.18),
    (300.0, 2_200.0, 0.3),
    (720.0, 1_200.0, 0.2),
    (520.0, 1_800.0, 0.18),
    (340.0, 780.0, 0.24),
    (680.0, 1_100.0, 0.2),
    (310.0, 2_150.0, 0.18),
    (450.0, 900.0, 0.4),
];

/// One resonance.
#[derive(Default)]
struct Formant {
    last: f64,
    before: f64,
}

impl Formant {
    fn pass(&mut self, input: f64, hertz: f64) -> f64 {
        let width: f64 = 90.0;
        let decay = (-TAU / 2.0 * width / f64::from(RATE)).exp();
        let turn = 2.0 * decay * (TAU * hertz / f64::from(RATE)).cos();
        let output = input * (1.0 - decay) + turn * self.last - decay * decay * self.before;
        (self.before, self.last) = (self.last, output);
        output
    }
}

/// The vowel at this moment and how loud it is, from 0 to 1.
fn mouth(seconds: f64) -> (f64, f64, f64) {
    let mut begin = 0.15;
    for (low, high, length) in SYLLABLES {
        if seconds < begin + length {
            let within = ((seconds - begin) / length).clamp(0.0, 1.0);
            return (low, high, (within * TAU / 2.0).sin().powf(0.6));
        }
        begin += length + 0.03;
    }
    (500.0, 1_500.0, 0.0)
}

/// The note as a WAV file: 16 bit, one channel.
#[must_use]
pub fn wav() -> Vec<u8> {
    let count = f64::from(RATE) * SECONDS;
    let (mut low, mut high) = (Formant::default(), Formant::default());
    let mut samples = Vec::new();
    let (mut phase, mut at) = (0.0, 0.0);
    while at < count {
        let seconds = at / f64::from(RATE);
        let pitch = 118.0 + 14.0 * (seconds * 2.1).sin() - 8.0 * seconds / SECONDS;
        phase = (phase + pitch / f64::from(RATE)) % 1.0;
        let (first, second, loud) = mouth(seconds);
        let breath = (1.0 - phase).powi(3) - 0.25;
        let sound = low.pass(breath, first) + 0.5 * high.pass(breath, second);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the value is clamped to the range of a sample"
        )]
        samples.push((sound * loud * 16_000.0).clamp(-32_000.0, 32_000.0) as i16);
        at += 1.0;
    }
    file(&samples)
}

fn file(samples: &[i16]) -> Vec<u8> {
    let bytes = u32::try_from(samples.len() * 2).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(44 + samples.len() * 2);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&bytes.to_le_bytes());
    for sample in samples {
        file.extend_from_slice(&sample.to_le_bytes());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_sound_and_not_silence() {
        let wav = wav();
        assert_eq!(&wav[..4], b"RIFF");
        assert_eq!(wav.len(), 44 + 2 * 54_400);
        let loudest = wav[44..]
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs())
            .max()
            .unwrap();
        assert!((4_000..=32_000).contains(&loudest), "{loudest}");
    }
}
