//! The sockets in the wall: what the house needs from outside, each with at least two real
//! implementations.

mod blobs;
mod clock;
mod connector;
mod keys;
mod net;

pub use blobs::{BlobError, BlobName, Blobs, Parts, Space};
pub use clock::{Clock, FixedClock, Ids, RandomIds, SequenceIds, SystemClock, is_uuid_v7};
pub use connector::{
    Connector, FetchedMedia, MediaError, Presented, Refusal, Rejected, SettingError, Settings,
    TemplateError, Upload, Uploads,
};
pub use keys::{KeyStore, KeyStoreError, SubjectKey, Tombstone, WrappedKey};
pub use net::{Method, Net, NetBody, NetError, NetRequest, NetResponse, Part, PartBody};
