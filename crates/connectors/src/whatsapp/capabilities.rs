//! What WhatsApp carries. Sizes are decimal, the smaller reading of the provider's "MB": a
//! picture between the two readings then travels as a file instead of failing.

use domain::channel::{
    ButtonRule, Capabilities, ChannelKind, ListRule, MediaKind, MediaRule, Pace,
};
use domain::delivery::DeliveryState;
use domain::recipients::{Capacity, Recipient, TransferBasis};
use domain::time::SECOND_MS;

/// The platform's limits for one number at the default throughput.
pub const WHATSAPP: Capabilities = Capabilities {
    kind: ChannelKind::Whatsapp,
    medium: ChannelKind::Whatsapp.medium(),
    text_chars_max: 4_096,
    caption_chars_max: 1_024,
    media: &[
        MediaRule {
            kind: MediaKind::Image,
            mimes: &["image/jpeg", "image/png"],
            max_bytes: 5_000_000,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::Video,
            mimes: &["video/mp4", "video/3gpp"],
            max_bytes: 16_000_000,
            caption: true,
        },
        MediaRule {
            kind: MediaKind::Audio,
            mimes: &[
                "audio/aac",
                "audio/amr",
                "audio/mpeg",
                "audio/mp4",
                "audio/ogg",
                "audio/ogg; codecs=opus",
            ],
            max_bytes: 16_000_000,
            caption: false,
        },
        MediaRule {
            kind: MediaKind::Voice,
            mimes: &["audio/ogg", "audio/ogg; codecs=opus"],
            max_bytes: 16_000_000,
            caption: false,
        },
        MediaRule {
            kind: MediaKind::Sticker,
            mimes: &["image/webp"],
            max_bytes: STICKER_ANIMATED_BYTES_MAX,
            caption: false,
        },
        MediaRule {
            kind: MediaKind::File,
            mimes: &["*/*"],
            max_bytes: 100_000_000,
            caption: true,
        },
    ],
    files_per_message: 1,
    buttons: Some(ButtonRule {
        max: 3,
        title_chars_max: 20,
        text_chars_max: 1_024,
    }),
    list: Some(ListRule {
        rows_max: 10,
        open_chars_max: 20,
        title_chars_max: 24,
        description_chars_max: 72,
    }),
    quote: true,
    reactions: true,
    typing_out: true,
    read_marks_out: true,
    receipts: &[
        DeliveryState::Sent,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Failed,
    ],
    window_hours: Some(24),
    templates: true,
    // The send call takes no idempotency key: a repeated request is a second message.
    idempotent_send: false,
    pace_channel: Some(Pace {
        count: 80,
        per_ms: SECOND_MS,
    }),
    // One message in six seconds on average; short bursts are lent and must be paid back, which
    // is the same as this many in a longer span.
    pace_pair: Some(Pace {
        count: 5,
        per_ms: 30 * SECOND_MS,
    }),
    privacy_label: "channel-privacy-whatsapp",
    recipients: &RECIPIENTS,
};

/// An animated sticker may be larger than a still one.
pub(super) const STICKER_ANIMATED_BYTES_MAX: usize = 500_000;
pub(super) const STICKER_STILL_BYTES_MAX: usize = 100_000;

pub(super) const SECTIONS_MAX: usize = 10;
pub(super) const SECTION_TITLE_CHARS_MAX: usize = 24;
pub(super) const BUTTON_ID_CHARS_MAX: usize = 256;
pub(super) const ROW_ID_CHARS_MAX: usize = 200;
pub(super) const COUPON_CODE_CHARS_MAX: usize = 15;

/// Two for each message: the one that carries it for us, and the one whose service the person uses.
const RECIPIENTS: [Recipient; 2] = [
    Recipient {
        id: "meta-cloud-api",
        name: "Meta Platforms Ireland Limited",
        country: "IE",
        capacity: Capacity::Processor,
        onward: Some("US"),
        basis: TransferBasis::DataPrivacyFramework,
        learns: "recipient-meta-cloud-api",
    },
    Recipient {
        id: "whatsapp-ireland",
        name: "WhatsApp Ireland Limited",
        country: "IE",
        capacity: Capacity::Controller,
        onward: Some("US"),
        basis: TransferBasis::DataPrivacyFramework,
        learns: "recipient-whatsapp-ireland",
    },
];

#[cfg(test)]
mod recipient_tests {
    use super::*;

    #[test]
    fn ch_03_a_message_has_two_recipients() {
        let capacities = RECIPIENTS.map(|one| one.capacity);
        assert_eq!(capacities, [Capacity::Processor, Capacity::Controller]);
    }

    #[test]
    fn in_10_every_recipient_is_somebody_and_no_category() {
        for one in RECIPIENTS {
            assert!(
                one.name.ends_with("Limited"),
                "a company by its name: {}",
                one.name
            );
            assert_eq!(one.country.len(), 2);
            assert!(one.onward.is_none() || one.basis != TransferBasis::None);
        }
    }
}
