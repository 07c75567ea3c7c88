//! The ledger: each event is decided, sealed, committed to by a leaf, and the leaf put into the
//! year's tree, all in the unit of its cause. Whoever reads a tree that grew meanwhile is refused at
//! the commit and begins again.

use std::collections::BTreeMap;

use domain::consent::{
    Actor, Age, Circumstances, Consent, Event, Purpose, Refusal, State, Status, Subject, What,
};
use domain::{ConsentEventId, Timestamp};
use proof::merkle::{Completed, RightEdge, TILE_HEIGHT, TILE_WIDTH};
use proof::{
    Act, Challenge, ConsentEvent, ConsentState, EventKind, Evidence, Hash, Leaf, Salt, Source,
    TreeClass, TreeName, Version,
};
use store::{Growing, NewConsentEvent, StoredConsent, StoredTree, Unit};

use super::{Place, Shown, moment};
use crate::{App, AppError};

/// One thing that happened to a consent, with the evidence for it.
pub(crate) struct Happened<'a> {
    pub(crate) by: Actor,
    pub(crate) what: What,
    pub(crate) purpose: &'a Purpose,
    /// The notice it is about: with an act of the person the one that was shown.
    pub(crate) shown: &'a Shown,
    pub(crate) place: &'a Place,
    pub(crate) challenges_today: u32,
    pub(crate) act: Option<Act>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) evidence: Evidence,
    pub(crate) source: Option<Source>,
    pub(crate) provider_at: Option<Timestamp>,
}

impl<'a> Happened<'a> {
    pub(crate) fn new(
        by: Actor,
        what: What,
        (purpose, shown, place): (&'a Purpose, &'a Shown, &'a Place),
    ) -> Self {
        Self {
            by,
            what,
            purpose,
            shown,
            place,
            challenges_today: 0,
            act: None,
            challenge: None,
            evidence: Evidence::default(),
            source: None,
            provider_at: None,
        }
    }

    fn circumstances(&self, now: Timestamp) -> Circumstances<'a> {
        Circumstances {
            now,
            purpose: self.purpose,
            notice: &self.shown.terms,
            address: self.place.facts,
            age: Age::Unknown,
            suppressed: false,
            challenges_today: self.challenges_today,
            text_codes: false,
        }
    }
}

/// A tree that grows by the leaves of one unit.
pub(crate) struct Ledger<'a> {
    app: &'a App,
    tree: TreeName,
    tenant: String,
    now: Timestamp,
    /// Leaves in the database.
    stored: u64,
    /// Leaves when this began.
    before: u64,
    edge: RightEdge,
    /// Leaves of the unit, those from before this began among them.
    leaves: Vec<Hash>,
    completed: Vec<Completed>,
}

const fn word(status: Status) -> ConsentState {
    match status {
        Status::None => ConsentState::None,
        Status::Requested => ConsentState::Requested,
        Status::Pending => ConsentState::Pending,
        Status::Granted => ConsentState::Granted,
        Status::Refused => ConsentState::Refused,
        Status::Lapsed => ConsentState::Lapsed,
        Status::Outdated => ConsentState::Outdated,
        Status::Expired => ConsentState::Expired,
        Status::Unverified => ConsentState::Unverified,
        Status::Withdrawn => ConsentState::Withdrawn,
        Status::Invalidated => ConsentState::Invalidated,
        Status::Asserted => ConsentState::Asserted,
    }
}

/// The event's word in a proof. Where the machine says that something else happened than was asked
/// for (a notice changed, but time had ended the consent before), the outcome counts.
fn kind_of(what: &What, to: Status) -> Option<EventKind> {
    Some(match (what, to) {
        (_, Status::Expired) if !matches!(what, What::Used) => EventKind::Expired,
        (_, Status::Lapsed) => EventKind::Lapsed,
        (What::Requested(_), _) => EventKind::Requested,
        (What::ChallengeIssued { .. }, _) => EventKind::ChallengeIssued,
        (What::Confirmed(_) | What::WroteCode(_), _) => EventKind::Confirmed,
        (What::Refused, Status::Refused) => EventKind::Refused,
        (What::Refused | What::Withdrawn, _) => EventKind::Withdrawn,
        (What::Objected, _) => EventKind::Objected,
        (What::Used, _) => EventKind::Used,
        (What::Renewed { .. }, _) => EventKind::Renewed,
        (What::NoticeChanged, _) => EventKind::Outdated,
        (What::AddressChanged, _) => EventKind::Unverified,
        (What::Invalidated { .. }, _) => EventKind::Invalidated,
        (What::Imported, _) => EventKind::Asserted,
        (What::TimedOut | What::CaseEnded | What::ProofAdded(_), _) => return None,
    })
}

fn broken(_: impl std::error::Error) -> AppError {
    AppError::Internal("an event that no proof can hold".into())
}

/// The consent of a contact that nothing has happened to.
pub(crate) fn nothing_yet(subject: Subject, shown: &Shown) -> StoredConsent {
    StoredConsent {
        consent: Consent::none(subject),
        notice: shown.terms.mark,
        since: Timestamp(0),
        leaf: [0; 32],
        events: 0,
    }
}

/// What would become of a consent by these events, without writing anything down.
pub(crate) fn foreseen(
    consent: &Consent,
    happened: &[Happened<'_>],
    now: Timestamp,
) -> Result<Consent, Refusal> {
    let mut consent = consent.clone();
    for one in happened {
        let event = Event {
            id: ConsentEventId::from_bytes([0; 16]),
            by: one.by,
            what: one.what.clone(),
        };
        consent = consent.after(&event, &one.circumstances(now))?;
    }
    Ok(consent)
}

impl App {
    /// The name under which this installation signs: the host it was reached at when it first did.
    pub(crate) async fn ledger_name(&self) -> Result<String, AppError> {
        let host = self.settings.public_url.split("://").last().unwrap_or("");
        let host = host.split('/').next().unwrap_or("");
        let name = self.ledger_name.get_or_try_init(|| async {
            self.store
                .remembered_text("ledger_name", host)
                .await
                .map_err(AppError::from)
        });
        name.await.cloned()
    }

    /// The tree of this year, to be grown by what one unit writes down.
    pub(crate) async fn ledger(&self, unit: &Unit) -> Result<Ledger<'_>, AppError> {
        let now = self.now();
        let tree = self.tree_of(now)?;
        let name = tree.to_string();
        let growing = match unit.growing(&name) {
            Some(growing) => growing.clone(),
            None => {
                let tree = self.store.tree(&name).await?;
                let stored = tree.size;
                Growing {
                    name,
                    stored,
                    tree,
                    leaves: Vec::new(),
                }
            }
        };
        let hashes = growing.tree.edge.into_iter().map(Hash).collect();
        Ok(Ledger {
            app: self,
            tree,
            tenant: self.ledger_name().await?,
            now,
            stored: growing.stored,
            before: growing.tree.size,
            edge: RightEdge::from_parts(growing.tree.size, hashes).map_err(broken)?,
            leaves: growing.leaves.into_iter().map(Hash).collect(),
            completed: Vec::new(),
        })
    }

    pub(crate) fn tree_of(&self, at: Timestamp) -> Result<TreeName, AppError> {
        let text = moment(at)?.to_string();
        let year = text.get(..4).and_then(|year| year.parse().ok());
        TreeName::new(TreeClass::Consent, year.unwrap_or(0), 1).map_err(broken)
    }
}

impl Ledger<'_> {
    /// Writes events down that were foreseen to be possible, one after the other.
    pub(crate) async fn record(
        &mut self,
        unit: &mut Unit,
        mut consent: StoredConsent,
        happened: &[Happened<'_>],
    ) -> Result<StoredConsent, AppError> {
        for one in happened {
            consent = self.record_one(unit, &consent, one).await?;
        }
        Ok(consent)
    }

    async fn record_one(
        &mut self,
        unit: &mut Unit,
        before: &StoredConsent,
        happened: &Happened<'_>,
    ) -> Result<StoredConsent, AppError> {
        let id = ConsentEventId::from_bytes(self.app.fresh());
        let event = Event {
            id,
            by: happened.by,
            what: happened.what.clone(),
        };
        let world = happened.circumstances(self.now);
        let after = before
            .consent
            .after(&event, &world)
            .map_err(super::refused)?;
        let mut next = StoredConsent {
            consent: after,
            notice: happened.shown.terms.mark,
            since: self.now,
            leaf: before.leaf,
            events: before.events,
        };
        let to = next.word();
        let kind = kind_of(&happened.what, to)
            .ok_or_else(|| AppError::Internal("an event without a word".into()))?;
        if kind == EventKind::Used && to == Status::Expired {
            // What is used up by its use was still there while it was used.
            let (from, still) = (word(before.word()), ConsentState::Granted);
            self.write(unit, (before, &mut next), (id, kind, from, still), happened)
                .await?;
            let end = ConsentEventId::from_bytes(self.app.fresh());
            let ended = (end, EventKind::Expired, still, word(to));
            self.write(unit, (before, &mut next), ended, happened)
                .await?;
        } else {
            let states = (id, kind, word(before.word()), word(to));
            self.write(unit, (before, &mut next), states, happened)
                .await?;
        }
        self.app.store.set_consent(unit, &next, before.events);
        Ok(next)
    }

    /// One event: sealed, committed to, and its leaf put behind the last one.
    async fn write(
        &mut self,
        unit: &mut Unit,
        (before, next): (&StoredConsent, &mut StoredConsent),
        (id, kind, from, to): (ConsentEventId, EventKind, ConsentState, ConsentState),
        happened: &Happened<'_>,
    ) -> Result<(), AppError> {
        let subject = &before.consent.subject;
        let follows = (next.events > 0).then_some(Hash(next.leaf));
        let mut payload = payload(happened, subject, (kind, from, to), moment(self.now)?);
        payload.id = Some(id.to_string());
        payload.follows = follows;
        payload.provider_ts = happened.provider_at.map(moment).transpose()?;
        if kind.is_grant()
            && let State::Granted(grant) = &next.consent.state
        {
            payload.expires = grant.expires_at.map(moment).transpose()?;
            payload.explicit = Some(grant.explicit);
        }
        let salt = Salt::from_random(self.app.store.ids().secret());
        let seq = self.edge.size();
        let leaf: Leaf = payload.leaf(&self.tenant, seq, &salt).map_err(broken)?;
        let hash = leaf.hash().map_err(broken)?;
        self.completed.extend(self.edge.append(hash));
        self.leaves.push(hash);
        next.leaf = hash.0;
        next.events += 1;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(broken);
        let new = NewConsentEvent {
            id,
            subject: subject.clone(),
            number: next.events,
            kind: kind.as_str(),
            at: self.now,
            tree: self.tree.to_string(),
            leaf_seq: seq,
            leaf: text(leaf.bytes().map_err(broken)?)?,
            payload: text(payload.bytes().map_err(broken)?)?,
            salt: *salt.bytes(),
        };
        Ok(self.app.store.add_consent_event(unit, &new).await?)
    }

    /// The tree as it is afterwards goes into the unit, with the tiles that became full.
    pub(crate) async fn seal(self, unit: &mut Unit) -> Result<(), AppError> {
        let after = self.edge.size();
        if after == self.before {
            return Ok(());
        }
        let (store, name) = (&self.app.store, self.tree.to_string());
        let edge = self.edge.hashes().iter().map(|hash| hash.0).collect();
        let grown = StoredTree { size: after, edge };
        store.grow_tree(unit, &name, self.before, &grown);
        let width = u64::from(TILE_WIDTH);
        for tile in self.before / width..after / width {
            let mut hashes = leaf_hashes(&store.tree_leaves(&name, tile * width).await?)?;
            let known = self.stored.saturating_sub(tile * width).min(width);
            hashes.truncate(usize::try_from(known).unwrap_or(0));
            let first = usize::try_from((tile * width).saturating_sub(self.stored)).unwrap_or(0);
            let missing = usize::from(TILE_WIDTH) - hashes.len();
            hashes.extend(self.leaves.iter().skip(first).take(missing));
            store.put_tree_tile(unit, &name, (0, tile), &bytes_of(&hashes));
        }
        let mut upper: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
        let is_kept = |level: u8| level > 0 && level.is_multiple_of(TILE_HEIGHT);
        for (node, hash) in self
            .completed
            .iter()
            .filter(|(node, _)| is_kept(node.level))
        {
            let address = (node.level / TILE_HEIGHT, node.index / width);
            if let std::collections::btree_map::Entry::Vacant(free) = upper.entry(address) {
                let stored = store.tree_tile(&name, address.0, address.1).await?;
                free.insert(stored.unwrap_or_default());
            }
            if let Some(bytes) = upper.get_mut(&address) {
                bytes.extend_from_slice(&hash.0);
            }
        }
        for (address, bytes) in upper {
            store.put_tree_tile(unit, &name, address, &bytes);
        }
        unit.set_growing(Growing {
            name,
            stored: self.stored,
            tree: grown,
            leaves: self.leaves.iter().map(|hash| hash.0).collect(),
        });
        Ok(())
    }
}

pub(super) fn bytes_of(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

pub(super) fn leaf_hashes(leaves: &[String]) -> Result<Vec<Hash>, AppError> {
    let hash = |leaf: &String| Ok(proof::merkle::leaf_hash(leaf.as_bytes()));
    leaves.iter().map(hash).collect()
}

/// The event as it is committed to, without what only its place in the ledger gives it.
fn payload(
    happened: &Happened<'_>,
    subject: &Subject,
    (kind, from, to): (EventKind, ConsentState, ConsentState),
    at: proof::Moment,
) -> ConsentEvent {
    let actor = match happened.by {
        Actor::Person => "contact".to_owned(),
        Actor::Teammate(id) => id.to_string(),
        Actor::House => "house".to_owned(),
    };
    ConsentEvent {
        channel: happened.place.kind.as_str().to_owned(),
        event: kind,
        locale: happened.shown.stored.locale.clone(),
        notice: happened.shown.terms.mark.id.to_string(),
        purpose: subject.purpose.clone(),
        subject: subject.contact.to_string(),
        at,
        v: Version,
        act: happened.act.clone(),
        actor: Some(actor),
        challenge: happened.challenge.clone(),
        clock: Some("server".to_owned()),
        evidence: (happened.evidence != Evidence::default()).then(|| happened.evidence.clone()),
        expires: None,
        explicit: None,
        follows: None,
        from: Some(from),
        id: None,
        identity: Some(happened.place.identity.clone()),
        provider_ts: None,
        source: happened.source.clone(),
        to: Some(to),
    }
}
