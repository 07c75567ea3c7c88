use super::*;
use crate::channel::Medium;
use crate::ids::{AddressId, ChannelId, ConsentEventId, ContactId, TeammateId};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};

mod ending;
mod giving;
mod table;

/// 2026-11-30T09:00:00Z
const NOW: Timestamp = Timestamp(1_796_029_200_000);
/// 2027-11-30T09:00:00Z
const YEAR_LATER: Timestamp = Timestamp(1_827_565_200_000);
const NEWS: &str = "marketing.newsletter";

fn address(number: u8, medium: Medium) -> AddressFacts {
    AddressFacts {
        id: AddressId::from_bytes([number; 16]),
        channel: ChannelId::from_bytes([number; 16]),
        medium,
        state: AddressState::Active,
    }
}

fn terms(purpose: &str) -> NoticeTerms {
    NoticeTerms {
        mark: NoticeMark {
            id: NoticeId([1; 32]),
            material: 1,
        },
        advertiser: "Muster GmbH".into(),
        product_scope: "Pizza".into(),
        recipients: ["Muster GmbH".to_owned()].into(),
        purposes: [purpose.to_owned()].into(),
        media: Medium::ALL.into(),
    }
}

/// A purpose, its notice, an address, and the consent between them.
struct Scene {
    purpose: Purpose,
    notice: NoticeTerms,
    address: AddressFacts,
    age: Age,
    now: Timestamp,
    challenges_today: u32,
    consent: Consent,
}

impl Scene {
    fn new(class: PurposeClass, medium: Medium) -> Self {
        let purpose = Purpose::new(NEWS, class);
        let address = address(1, medium);
        let consent = Consent::none(Subject {
            contact: ContactId::from_bytes([9; 16]),
            purpose: purpose.code.clone(),
            channel: address.channel,
            address: address.id,
        });
        Self {
            notice: terms(NEWS),
            purpose,
            address,
            age: Age::Unknown,
            now: NOW,
            challenges_today: 0,
            consent,
        }
    }

    fn granted(medium: Medium) -> Self {
        let mut scene = Self::new(PurposeClass::Marketing, medium);
        scene.must(request());
        if Way::usual(medium) == Way::WritesFirst {
            scene.must(What::WroteCode(scene.answer()));
        } else {
            scene.must(challenge(Way::usual(medium)));
            scene.must(What::Confirmed(scene.answer()));
        }
        scene
    }

    fn answer(&self) -> Answer {
        Answer {
            channel: self.address.channel,
            address: self.address.id,
            token_valid: true,
            pressed: Pressed::Button,
        }
    }

    fn tries(&self, by: Actor, what: What) -> Result<Consent, Refusal> {
        let world = Circumstances {
            now: self.now,
            purpose: &self.purpose,
            notice: &self.notice,
            address: self.address,
            age: self.age,
            suppressed: false,
            challenges_today: self.challenges_today,
            text_codes: false,
        };
        let id = ConsentEventId::from_bytes([7; 16]);
        self.consent.after(&Event { id, by, what }, &world)
    }

    fn refuses(&self, by: Actor, what: What) -> Refusal {
        self.tries(by, what).expect_err("refused")
    }

    fn must(&mut self, what: What) {
        self.consent = self.tries(Actor::Person, what).expect("taken");
    }

    fn status(&self) -> Status {
        self.consent.status(self.now, &self.notice, &self.address)
    }

    fn later(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }
}

fn asked(asked_by: AskedBy) -> What {
    What::Requested(Request {
        notice_served: true,
        preticked: false,
        explicit: false,
        asked_by,
    })
}

fn request() -> What {
    asked(AskedBy::Person)
}

fn challenge(way: Way) -> What {
    What::ChallengeIssued { way, neutral: true }
}

fn house() -> What {
    asked(AskedBy::House {
        in_conversation: true,
    })
}
