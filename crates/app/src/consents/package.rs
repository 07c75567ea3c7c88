//! The package by which a stranger verifies a contact's consents, and the signed heads it leads to.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Access;
use domain::consent::NoticeId;
use domain::{ContactId, Timestamp};
use proof::merkle::{
    Node, RightEdge, TILE_WIDTH, TileAddress, Tiles, consistency_nodes, consistency_proof,
    inclusion_nodes, inclusion_proof, needed_tiles,
};
use proof::package::{Contents, ProvenEvent, build};
use proof::{
    ConsentEvent, Hash, Leaf, Salt, SignedHead, SigningKey, TreeHead, TreeName, canonical,
};
use store::{StoredConsentEvent, Unit};

use super::ledger::{bytes_of, leaf_hashes};
use super::{Shown, moment};
use crate::{App, AppError};

/// What proofs rest on: events with their places in signed trees, and the texts they name.
pub(super) struct Evidence {
    /// Beside each proven event the row it was kept in.
    pub(super) kept: Vec<StoredConsentEvent>,
    pub(super) proven: Vec<ProvenEvent>,
    pub(super) heads: BTreeMap<TreeName, SignedHead>,
    /// By their addresses, `sha256:…`.
    pub(super) notices: BTreeMap<String, Shown>,
    pub(super) key: SigningKey,
}

pub(super) fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("a proof could not be made: {error}"))
}

impl App {
    pub(crate) async fn signing_key(&self) -> Result<SigningKey, AppError> {
        let seed = self.store.signing_seed().await?;
        SigningKey::from_seed(&self.ledger_name().await?, &seed).map_err(broken)
    }

    /// The key by which this installation's packages are judged, as it is handed out.
    ///
    /// # Errors
    /// What the key store says.
    pub async fn proof_key(&self) -> Result<String, AppError> {
        Ok(self.signing_key().await?.public().to_string())
    }

    /// All consents of a contact with their proofs, as one file. That it was read is written down.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when nothing was ever agreed to.
    pub async fn consent_package(
        &self,
        access: &Access,
        contact: ContactId,
    ) -> Result<Vec<u8>, AppError> {
        let evidence = self.evidence_of(contact, |_| true).await?;
        self.may_prove(access, contact).await?;
        let now = self.now();
        self.store
            .log_read(access, contact, "consent_package", now)
            .await?;
        let sheets = self.sheets_of(contact, &evidence, now).await?;
        let notices = evidence.notices.into_values();
        let contents = Contents {
            created: moment(now)?,
            notices: notices.map(|shown| shown.document).collect(),
            events: evidence.proven,
            heads: evidence.heads.into_values().collect(),
            history: Vec::new(),
            screens: Vec::new(),
            sheets,
        };
        build(&contents, &evidence.key).map_err(broken)
    }

    /// The events of a contact that fit and were not erased, proven as of now.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none.
    pub(super) async fn evidence_of(
        &self,
        contact: ContactId,
        fits: impl Fn(&StoredConsentEvent) -> bool,
    ) -> Result<Evidence, AppError> {
        let events = self.store.consent_events(contact).await?;
        let kept: Vec<StoredConsentEvent> = events
            .into_iter()
            .filter(|event| event.opened.is_some() && fits(event))
            .collect();
        if kept.is_empty() {
            return Err(AppError::NotFound);
        }
        let now = self.now();
        let trees: BTreeSet<TreeName> = kept
            .iter()
            .map(|event| event.tree.parse().map_err(broken))
            .collect::<Result<_, _>>()?;
        let key = self.signing_key().await?;
        let mut heads = BTreeMap::new();
        for tree in trees {
            heads.insert(tree, self.signed_head(tree, &key, now).await?);
        }
        let mut proven = Vec::new();
        for event in &kept {
            proven.push(self.proven(event, &heads).await?);
        }
        Ok(Evidence {
            notices: self.notices_of(&proven).await?,
            kept,
            proven,
            heads,
            key,
        })
    }

    async fn notices_of(
        &self,
        events: &[ProvenEvent],
    ) -> Result<BTreeMap<String, Shown>, AppError> {
        let ids: BTreeSet<&str> = events.iter().map(|e| e.payload.notice.as_str()).collect();
        let mut notices = BTreeMap::new();
        for id in ids {
            let hash = Hash::from_address(id).map_err(broken)?;
            let shown = self.shown(NoticeId(hash.0)).await?;
            let shown = shown.ok_or_else(|| broken("a notice is missing"))?;
            notices.insert(id.to_owned(), shown);
        }
        Ok(notices)
    }

    async fn proven(
        &self,
        event: &StoredConsentEvent,
        heads: &BTreeMap<TreeName, SignedHead>,
    ) -> Result<ProvenEvent, AppError> {
        let tree: TreeName = event.tree.parse().map_err(broken)?;
        let head = heads
            .get(&tree)
            .ok_or_else(|| broken("a tree without a head"))?;
        let size = head.head().size;
        let (payload, salt) = event.opened.as_ref().ok_or(AppError::NotFound)?;
        let nodes = inclusion_nodes(event.leaf_seq, size).map_err(broken)?;
        let tiles = self.tiles(tree, size, &nodes).await?;
        Ok(ProvenEvent {
            leaf: canonical::read::<Leaf>(event.leaf.as_bytes()).map_err(broken)?,
            payload: ConsentEvent::read(payload.as_bytes()).map_err(broken)?,
            proof: inclusion_proof(&tiles, event.leaf_seq, size).map_err(broken)?,
            salt: Salt::from_random(*salt),
            size,
            tree,
        })
    }

    /// The head of a tree as long as it is now: the kept one, or a new one that is signed only with
    /// the proof that nothing was rewritten since the last.
    async fn signed_head(
        &self,
        tree: TreeName,
        key: &SigningKey,
        now: Timestamp,
    ) -> Result<SignedHead, AppError> {
        let name = tree.to_string();
        let stored = self.store.tree(&name).await?;
        let last = match self.store.newest_head(&name).await? {
            None => None,
            Some((_, note)) => {
                Some(SignedHead::open(note.as_bytes(), key.public(), tree).map_err(broken)?)
            }
        };
        if let Some(last) = last.as_ref().filter(|last| last.head().size == stored.size) {
            return Ok(last.clone());
        }
        let hashes = stored.edge.into_iter().map(Hash).collect();
        let edge = RightEdge::from_parts(stored.size, hashes).map_err(broken)?;
        let previous = last.as_ref().map(SignedHead::head);
        let head = TreeHead::new(tree, &edge, moment(now)?, previous);
        let since = match previous {
            None => None,
            Some(old) => {
                let nodes = consistency_nodes(old.size, head.size).map_err(broken)?;
                let tiles = self.tiles(tree, head.size, &nodes).await?;
                let proof = consistency_proof(&tiles, old.size, head.size).map_err(broken)?;
                Some((old, proof))
            }
        };
        let since = since.as_ref().map(|(old, proof)| (*old, proof.as_slice()));
        let signed = SignedHead::sign(key, head, since).map_err(broken)?;
        let mut unit = Unit::new();
        self.store
            .add_head(&mut unit, &name, head.size, signed.note(), now);
        match self.store.commit(unit).await {
            // Somebody signed the same head at this moment.
            Ok(()) | Err(store::StoreError::Stale(_)) => Ok(signed),
            Err(error) => Err(error.into()),
        }
    }

    /// This year's tree gets a head when it grew.
    pub(crate) async fn sign_grown_tree(&self, now: Timestamp) -> Result<(), AppError> {
        let tree = self.tree_of(now)?;
        let stored = self.store.tree(&tree.to_string()).await?;
        let last = self.store.newest_head(&tree.to_string()).await?;
        if stored.size > last.map_or(0, |(size, _)| size) {
            let key = self.signing_key().await?;
            self.signed_head(tree, &key, now).await?;
        }
        Ok(())
    }

    /// The tiles in which these nodes lie: full ones are kept, the last row of leaves is read from
    /// the leaves themselves.
    async fn tiles(&self, tree: TreeName, size: u64, nodes: &[Node]) -> Result<Tiles, AppError> {
        let name = tree.to_string();
        let mut tiles = Tiles::new();
        for address in needed_tiles(nodes, size) {
            let bytes = self.tile_bytes(&name, address).await?;
            tiles.insert(address, &bytes).map_err(broken)?;
        }
        Ok(tiles)
    }

    async fn tile_bytes(&self, name: &str, address: TileAddress) -> Result<Vec<u8>, AppError> {
        if let Some(kept) = self
            .store
            .tree_tile(name, address.level, address.index)
            .await?
        {
            return Ok(kept);
        }
        if address.level > 0 {
            return Ok(Vec::new());
        }
        let first = address.index * u64::from(TILE_WIDTH);
        Ok(bytes_of(&leaf_hashes(
            &self.store.tree_leaves(name, first).await?,
        )?))
    }
}
