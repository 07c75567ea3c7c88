//! What lies inside a backup's file, one entry after the other: `1 ‖ length of the name (2) ‖ name
//! ‖ length (8) ‖ bytes`, and a zero at the end. Everything is inside a sealed parcel.

use std::io::{self, Read, Write};

const ENTRY: u8 = 1;
const END: u8 = 0;

pub struct ArchiveWriter<W> {
    file: W,
}

impl<W: Write> ArchiveWriter<W> {
    pub const fn new(file: W) -> Self {
        Self { file }
    }

    /// Adds an entry of exactly so many bytes.
    ///
    /// # Errors
    /// When `content` has fewer, or the file takes no more.
    pub fn add(&mut self, name: &str, length: u64, content: impl Read) -> io::Result<()> {
        let short = u16::try_from(name.len());
        let short = short.map_err(|_| io::Error::other("the name of an entry is too long"))?;
        self.file.write_all(&[ENTRY])?;
        self.file.write_all(&short.to_be_bytes())?;
        self.file.write_all(name.as_bytes())?;
        self.file.write_all(&length.to_be_bytes())?;
        let copied = io::copy(&mut content.take(length), &mut self.file)?;
        if copied < length {
            return Err(io::Error::other(format!(
                "{name} became shorter while it was read"
            )));
        }
        Ok(())
    }

    /// # Errors
    /// What the file says.
    pub fn finish(mut self) -> io::Result<W> {
        self.file.write_all(&[END])?;
        Ok(self.file)
    }
}

pub struct ArchiveReader<R> {
    file: R,
}

impl<R: Read> ArchiveReader<R> {
    pub const fn new(file: R) -> Self {
        Self { file }
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The next entry; its bytes must be read before the one behind it.
    ///
    /// # Errors
    /// What the file says.
    pub fn next(&mut self) -> io::Result<Option<Entry<'_, R>>> {
        match self.array::<1>()? {
            [ENTRY] => {}
            [END] => return Ok(None),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        let mut name = vec![0; usize::from(u16::from_be_bytes(self.array()?))];
        self.file.read_exact(&mut name)?;
        let name = String::from_utf8(name);
        let name = name.map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        let length = u64::from_be_bytes(self.array()?);
        let content = (&mut self.file).take(length);
        Ok(Some(Entry {
            name,
            length,
            content,
        }))
    }

    /// The file behind the last entry.
    pub fn into_inner(self) -> R {
        self.file
    }
}

pub struct Entry<'a, R> {
    pub name: String,
    pub length: u64,
    content: io::Take<&'a mut R>,
}

impl<R: Read> Entry<'_, R> {
    /// Writes all of it somewhere.
    ///
    /// # Errors
    /// When it is not all there.
    pub fn copy_to(mut self, mut out: impl Write) -> io::Result<()> {
        let copied = io::copy(&mut self.content, &mut out)?;
        if copied < self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    /// All of it, where it is known to be small.
    ///
    /// # Errors
    /// When it is not all there.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.copy_to(&mut bytes)?;
        Ok(bytes)
    }
}
