//! A company with two years of consents, and a package about one of its customers.

use std::collections::BTreeMap;

use proof::merkle::{RightEdge, consistency_proof, inclusion_proof};
use proof::package::{Contents, ProvenEvent, Step, build};
use proof::{
    Act, ActKind, Challenge, ConsentEvent, ConsentState, Controller, EventKind, Evidence, Hash,
    Moment, Notice, Purpose, Recipient, Salt, Screen, SignedHead, SigningKey, Source, Transfer,
    TreeHead, TreeName, Version, Withdrawal,
};

use crate::model;

pub const NAME: &str = "chat.muster.example";
pub const FORM: &[u8] = b"<!doctype html><title>Neuigkeiten</title><p>Ja, ich m\xc3\xb6chte.</p>";

/// Of a key that signs nothing but examples.
pub const SEED: [u8; 32] = [42; 32];

pub fn key() -> SigningKey {
    SigningKey::from_seed(NAME, &SEED).expect("a key")
}

pub fn other_key() -> SigningKey {
    SigningKey::from_seed(NAME, &[43; 32]).expect("a key")
}

pub fn moment(text: &str) -> Moment {
    text.parse().expect("a moment")
}

pub fn notice(version: u32, channel: &str) -> Notice {
    let scope = ["Brot und Kuchen", "Brot, Kuchen und Kaffee"][version as usize - 1];
    let text = |text: &str| text.to_owned();
    Notice {
        advertiser: text("Muster GmbH"),
        channels: vec![text(channel)],
        code: format!("newsletter-{channel}"),
        controller: Controller {
            address: text("Musterweg 1, 12345 Musterstadt"),
            id: text("muster"),
            name: text("Muster GmbH"),
        },
        jurisdiction: text("loc:DE"),
        legal_basis: text("eu-gdpr:A6-1-a"),
        locale: text("de-DE"),
        min_age: Some(16),
        product_scope: text(scope),
        purposes: vec![Purpose {
            code: text("marketing.newsletter"),
            dpv: text("dpv:DirectMarketing"),
            personal_data: vec![text("pd:TelephoneNumber")],
        }],
        recipients: vec![
            Recipient {
                id: text("meta-cloud-api"),
                name: text("Meta Platforms Ireland"),
            },
            Recipient {
                id: text("whatsapp-ireland"),
                name: text("WhatsApp Ireland"),
            },
        ],
        retention: text("P5Y"),
        screens: vec![Screen {
            media_type: text("text/html"),
            sha256: Hash::of(&[FORM]),
        }],
        storage: text("loc:DE"),
        text: format!(
            "Ja, ich möchte Angebote der Muster GmbH ({scope}) erhalten.\n„Jederzeit“ widerrufbar."
        ),
        transfers: vec![Transfer {
            basis: text("dpf"),
            country: text("US"),
        }],
        v: Version,
        validity: text("P12M"),
        version,
        withdrawal: Withdrawal {
            text: text("Mit STOP oder auf der Seite Meine Daten."),
            url: text("https://chat.muster.example/me"),
        },
    }
}

/// The trees of an installation, all in memory.
#[derive(Default)]
pub struct House {
    leaves: BTreeMap<TreeName, Vec<Hash>>,
    events: Vec<(TreeName, ConsentEvent, Salt, u64)>,
    last: BTreeMap<String, (Hash, ConsentState)>,
}

pub fn tree(text: &str) -> TreeName {
    text.parse().expect("a tree")
}

impl House {
    /// Other customers' events, of which only the leaves are seen.
    pub fn others(&mut self, tree: TreeName, count: u64) {
        let leaves = self.leaves.entry(tree).or_default();
        let from = leaves.len() as u64;
        leaves.extend((from..from + count).map(|n| Hash::of(&[b"other", &n.to_be_bytes()])));
    }

    /// Writes an event down behind the one before it in its record.
    pub fn write(&mut self, tree: TreeName, record: &str, event: ConsentEvent) {
        let before = self.last.get(record).copied();
        let event = ConsentEvent {
            follows: before.map(|(leaf, _)| leaf),
            from: Some(before.map_or(ConsentState::None, |(_, state)| state)),
            ..event
        };
        self.write_as_it_is(tree, record, event);
    }

    pub fn write_as_it_is(&mut self, tree: TreeName, record: &str, event: ConsentEvent) {
        let leaves = self.leaves.entry(tree).or_default();
        let seq = leaves.len() as u64;
        let Hash(salt) = Hash::of(&[b"salt", &seq.to_be_bytes(), record.as_bytes()]);
        let salt = Salt::from_random(salt);
        let leaf = event.leaf("t1", seq, &salt).expect("a leaf");
        let hash = leaf.hash().expect("a hash");
        leaves.push(hash);
        let state = event.to.unwrap_or(ConsentState::None);
        self.last.insert(record.to_owned(), (hash, state));
        self.events.push((tree, event, salt, seq));
    }

    pub fn size(&self, tree: TreeName) -> u64 {
        self.leaves[&tree].len() as u64
    }

    pub fn head(&self, key: &SigningKey, tree: TreeName, size: u64, at: &str) -> SignedHead {
        let mut edge = RightEdge::new();
        for leaf in &self.leaves[&tree][..size as usize] {
            edge.append(*leaf);
        }
        let head = TreeHead::new(tree, &edge, moment(at), None);
        SignedHead::sign(key, head, None).expect("signed")
    }

    pub fn step(&self, tree: TreeName, old: u64, new: u64) -> Step {
        let nodes = model::nodes(&self.leaves[&tree]);
        Step {
            new,
            old,
            proof: consistency_proof(&nodes, old, new).expect("a proof"),
            tree,
        }
    }

    pub fn proven(&self) -> Vec<ProvenEvent> {
        let prove = |(tree, event, salt, seq): &(TreeName, ConsentEvent, Salt, u64)| {
            let leaves = &self.leaves[tree];
            let size = leaves.len() as u64;
            ProvenEvent {
                leaf: event.leaf("t1", *seq, salt).expect("a leaf"),
                payload: event.clone(),
                proof: inclusion_proof(&model::nodes(leaves), *seq, size).expect("a proof"),
                salt: salt.clone(),
                size,
                tree: *tree,
            }
        };
        self.events.iter().map(prove).collect()
    }
}

/// An event with everything a proof needs.
pub fn event(kind: EventKind, to: ConsentState, at: &str, notice: &Notice) -> ConsentEvent {
    let text = |text: &str| Some(text.to_owned());
    ConsentEvent {
        channel: notice.channels[0].clone(),
        event: kind,
        locale: "de-DE".to_owned(),
        notice: notice.hash().expect("a notice").address(),
        purpose: "marketing.newsletter".to_owned(),
        subject: "con_01j0testvector".to_owned(),
        at: moment(at),
        v: Version,
        act: kind.is_by_subject().then(|| Act {
            kind: ActKind::Button,
            words: text("Ja, bestätigen"),
        }),
        actor: text(if kind.is_by_subject() {
            "contact"
        } else {
            "house"
        }),
        challenge: (kind == EventKind::Confirmed).then(|| Challenge {
            answer: text("START K7Q4-9XM2"),
            id: "chl_01j0testvector".to_owned(),
            issued: moment("2025-12-30T09:10:00Z"),
            kind: "code".to_owned(),
            token: Hash::of(&[b"K7Q4-9XM2"]),
        }),
        clock: text("server"),
        evidence: Some(Evidence {
            callback: Some(Hash::of(&[at.as_bytes()])),
            network: text("203.0.113.0/24"),
            provider_message: text("wamid.TEST"),
            user_agent: None,
        }),
        expires: kind.is_grant().then(|| moment("2027-12-30T00:00:00Z")),
        explicit: None,
        follows: None,
        from: None,
        id: Some(format!("evt-{at}")),
        identity: text("hmac:5f3a"),
        provider_ts: Some(moment(at)),
        source: Some(Source {
            kind: "qr".to_owned(),
            value: "laden-1".to_owned(),
        }),
        to: Some(to),
    }
}

/// Two consents of one customer: one over two years that was withdrawn, and one that holds.
pub fn house() -> House {
    use ConsentState as S;
    use EventKind as E;
    let mut house = House::default();
    let (old, new) = (tree("consent-2025"), tree("consent-2026"));
    let (first, second, mail) = (
        notice(1, "whatsapp"),
        notice(2, "whatsapp"),
        notice(1, "email"),
    );
    house.others(old, 70);
    let in_old = [
        (E::Requested, S::Requested, "2025-12-30T09:09:00Z"),
        (E::ChallengeIssued, S::Pending, "2025-12-30T09:10:00Z"),
        (E::Confirmed, S::Granted, "2025-12-30T09:11:12.345Z"),
    ];
    for (kind, to, at) in in_old {
        house.write(old, "whatsapp", event(kind, to, at, &first));
        house.others(old, 9);
    }
    house.others(new, 33);
    let in_new = [
        (E::Used, S::Granted, "2026-02-01T08:00:00Z", &first),
        (E::Outdated, S::Outdated, "2026-03-01T00:00:00Z", &first),
        (E::Renewed, S::Granted, "2026-03-05T12:00:00Z", &second),
        (E::Used, S::Granted, "2026-03-06T08:00:00Z", &second),
        (E::Withdrawn, S::Withdrawn, "2026-03-06T08:01:30Z", &second),
        (E::Requested, S::Requested, "2026-04-01T10:00:00Z", &mail),
        (E::Confirmed, S::Granted, "2026-04-01T10:02:00Z", &mail),
    ];
    for (kind, to, at, notice) in in_new {
        let channel = notice.channels[0].clone();
        house.write(new, &channel, event(kind, to, at, notice));
        house.others(new, 11);
    }
    house
}

pub fn contents(house: &House, key: &SigningKey) -> Contents {
    let (old, new) = (tree("consent-2025"), tree("consent-2026"));
    let (then, now) = (40, house.size(new));
    Contents {
        created: moment("2026-05-01T12:00:00Z"),
        events: house.proven(),
        heads: vec![
            house.head(key, old, house.size(old), "2026-01-01T00:00:00Z"),
            house.head(key, new, then, "2026-02-01T00:00:00Z"),
            house.head(key, new, now, "2026-05-01T11:00:00Z"),
        ],
        history: vec![house.step(new, then, now)],
        notices: vec![
            notice(1, "whatsapp"),
            notice(2, "whatsapp"),
            notice(1, "email"),
        ],
        screens: vec![FORM.to_vec()],
        sheets: Vec::new(),
    }
}

pub fn package() -> Vec<u8> {
    let key = key();
    build(&contents(&house(), &key), &key).expect("a package that holds")
}

/// The files behind the table of contents, to be changed and sealed again.
pub fn files(package: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let entries = proof::package::unpack(package).expect("a package");
    let files = entries.into_iter().skip(2);
    files
        .map(|entry| (entry.path, entry.bytes.to_vec()))
        .collect()
}
