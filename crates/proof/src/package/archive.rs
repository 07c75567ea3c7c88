//! The ZIP a package is: the plainest there can be, so that every byte of it is accounted for.
//!
//! Entries are stored and never compressed, lie one behind the other without gaps, and have no
//! times, attributes, comments or extra fields. There is one way to pack given entries, and the
//! reader takes no other: no two readers can see different files in it, nothing can hide between
//! them, and nothing unpacks to more than is there.

use std::collections::BTreeSet;

pub const PACKAGE_BYTES_MAX: usize = 64 << 20;
pub const ENTRY_BYTES_MAX: usize = 16 << 20;
pub const ENTRIES_MAX: usize = 20_000;
pub const PATH_BYTES_MAX: usize = 200;

const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error("larger than {PACKAGE_BYTES_MAX} bytes")]
    TooLarge,
    #[error("more than {ENTRIES_MAX} files, or one beyond {ENTRY_BYTES_MAX} bytes")]
    TooMany,
    #[error("not a ZIP file, or not a whole one")]
    NoZip,
    #[error("`{}` is no name for a file in a package", .0.escape_debug())]
    Path(String),
    #[error("`{0}` is there twice")]
    Twice(String),
    #[error("`{0}` was packed in another way: a package must stay the file it was handed out as")]
    Repacked(String),
    #[error("there is something else between or behind the files")]
    Leftover,
}

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<B> {
    pub path: String,
    pub bytes: B,
}

/// Small letters, digits, `.`, `-`, in folders; nothing that climbs, hides or means something else
/// on another system.
fn check_path(path: &str) -> Result<(), ArchiveError> {
    let plain = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && part
                .bytes()
                .all(|byte| allowed(byte) || byte == b'.' || byte == b'-')
    };
    let fits = path.len() <= PATH_BYTES_MAX && path.split('/').all(plain);
    fits.then_some(())
        .ok_or_else(|| ArchiveError::Path(path.to_owned()))
}

/// Packs the entries in their order.
///
/// # Errors
/// When there is too much, or a name cannot stand in a package.
pub fn pack<B: AsRef<[u8]>>(entries: &[Entry<B>]) -> Result<Vec<u8>, ArchiveError> {
    if entries.len() > ENTRIES_MAX {
        return Err(ArchiveError::TooMany);
    }
    let mut paths = BTreeSet::new();
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        check_path(&entry.path)?;
        if !paths.insert(&entry.path) {
            return Err(ArchiveError::Twice(entry.path.clone()));
        }
        let headers = headers(&entry.path, entry.bytes.as_ref(), out.len())?;
        out.extend(headers.local);
        out.extend(entry.bytes.as_ref());
        directory.extend(headers.central);
        if out.len() + directory.len() + END_BYTES > PACKAGE_BYTES_MAX {
            return Err(ArchiveError::TooLarge);
        }
    }
    let end = end(entries.len(), directory.len(), out.len())?;
    out.extend(directory);
    out.extend(end);
    Ok(out)
}

/// The entries of a package, in their order.
///
/// # Errors
/// When it is not exactly what `pack` makes.
pub fn unpack(bytes: &[u8]) -> Result<Vec<Entry<&[u8]>>, ArchiveError> {
    if bytes.len() > PACKAGE_BYTES_MAX {
        return Err(ArchiveError::TooLarge);
    }
    let end_at = bytes
        .len()
        .checked_sub(END_BYTES)
        .ok_or(ArchiveError::NoZip)?;
    let (rest, found_end) = bytes.split_at(end_at);
    let count = usize::from(u16_at(found_end, 8));
    let directory_at = u32_at(found_end, 16);
    if !found_end.starts_with(b"PK\x05\x06") || directory_at > rest.len() {
        return Err(ArchiveError::NoZip);
    }
    if count > ENTRIES_MAX {
        return Err(ArchiveError::TooMany);
    }
    let (files, directory) = rest.split_at(directory_at);
    if end(count, directory.len(), directory_at)? != found_end {
        return Err(ArchiveError::Leftover);
    }
    let mut entries = Vec::with_capacity(count);
    let mut paths = BTreeSet::new();
    let (mut file_at, mut left) = (0, directory);
    for _ in 0..count {
        let (entry, after) = take(files, file_at, &mut left)?;
        if !paths.insert(entry.path.clone()) {
            return Err(ArchiveError::Twice(entry.path));
        }
        file_at = after;
        entries.push(entry);
    }
    if file_at != files.len() || !left.is_empty() {
        return Err(ArchiveError::Leftover);
    }
    Ok(entries)
}

/// The next entry of the directory and where its file ends.
fn take<'a>(
    files: &'a [u8],
    file_at: usize,
    directory: &mut &'a [u8],
) -> Result<(Entry<&'a [u8]>, usize), ArchiveError> {
    if directory.len() < CENTRAL_BYTES || !directory.starts_with(b"PK\x01\x02") {
        return Err(ArchiveError::NoZip);
    }
    let name_end = CENTRAL_BYTES + usize::from(u16_at(directory, 28));
    let size = u32_at(directory, 24);
    let name = directory
        .get(CENTRAL_BYTES..name_end)
        .ok_or(ArchiveError::NoZip)?;
    let path = String::from_utf8_lossy(name).into_owned();
    check_path(&path)?;
    let repacked = || ArchiveError::Repacked(path.clone());
    let bytes_at = file_at + LOCAL_BYTES + name.len();
    let after = bytes_at.checked_add(size).ok_or(ArchiveError::NoZip)?;
    let bytes = files.get(bytes_at..after).ok_or_else(repacked)?;
    let expected = headers(&path, bytes, file_at)?;
    // Whatever else the headers could say differs from what we write.
    if files[file_at..bytes_at] != expected.local || directory[..name_end] != expected.central {
        return Err(repacked());
    }
    *directory = &directory[name_end..];
    Ok((Entry { path, bytes }, after))
}

struct Headers {
    local: Vec<u8>,
    central: Vec<u8>,
}

/// What stands before a file and what stands for it in the directory.
fn headers(path: &str, bytes: &[u8], offset: usize) -> Result<Headers, ArchiveError> {
    if bytes.len() > ENTRY_BYTES_MAX {
        return Err(ArchiveError::TooMany);
    }
    let mut same = Vec::with_capacity(26);
    // Version 2.0, no flags, stored, the first moment the format knows.
    for number in [20_u16, 0, 0, 0, 0x21] {
        same.extend(number.to_le_bytes());
    }
    same.extend(crc32fast::hash(bytes).to_le_bytes());
    same.extend(u32_of(bytes.len())?);
    same.extend(u32_of(bytes.len())?);
    same.extend(u16_of(path.len())?);
    same.extend([0, 0]);
    let local = [b"PK\x03\x04", &same[..], path.as_bytes()].concat();
    let offset = u32_of(offset)?;
    let made_by: &[u8] = &[20, 0];
    // No comment, the first disk, no attributes.
    let central = [
        b"PK\x01\x02",
        made_by,
        &same,
        &[0; 10],
        &offset,
        path.as_bytes(),
    ];
    let central = central.concat();
    Ok(Headers { local, central })
}

fn end(count: usize, directory: usize, at: usize) -> Result<Vec<u8>, ArchiveError> {
    let count = u16_of(count)?;
    let parts: [&[u8]; 7] = [
        b"PK\x05\x06",
        &[0; 4],
        &count,
        &count,
        &u32_of(directory)?,
        &u32_of(at)?,
        &[0; 2],
    ];
    Ok(parts.concat())
}

fn u16_of(number: usize) -> Result<[u8; 2], ArchiveError> {
    let number = u16::try_from(number).map_err(|_| ArchiveError::TooLarge)?;
    Ok(number.to_le_bytes())
}

fn u32_of(number: usize) -> Result<[u8; 4], ArchiveError> {
    let number = u32::try_from(number).map_err(|_| ArchiveError::TooLarge)?;
    Ok(number.to_le_bytes())
}

/// The caller has looked that there are so many bytes.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    let number = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    u32::from_le_bytes(number) as usize
}
