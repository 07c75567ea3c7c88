//! The first file system of the computer, in memory: a shell, the server with its libraries, the
//! modules, and the script that starts it all. Written in the form the kernel reads ("newc").

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{ADDRESS_INSIDE, Inner, Parts, run};
use crate::error::{Result, While};

const DIRECTORY: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;

/// Without them the server trusts nobody outside and does not start.
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";

pub(super) fn write(to: &Path, parts: &Parts, inner: &Inner, variables: &[String]) -> Result<()> {
    let doing = "writing the first file system of a computer";
    let stripped = to.with_extension("program");
    // Names for debuggers are three quarters of a development binary, and all of it is loaded.
    run(Command::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(&inner.program))?;
    let mut archive = Archive {
        out: BufWriter::new(File::create(to).doing(doing)?),
        made: BTreeSet::new(),
        number: 0,
    };
    for folder in ["proc", "sys", "dev", "data", "tmp"] {
        archive.folder(Path::new(folder))?;
    }
    archive.file("init", script(parts, inner, variables).as_bytes())?;
    archive.copy("bin/busybox", &parts.shell)?;
    archive.copy("tresen", &stripped)?;
    archive.copy(CERTIFICATES, &Path::new("/").join(CERTIFICATES))?;
    for library in libraries(&inner.program)? {
        let inside = library.display().to_string();
        archive.copy(inside.trim_start_matches('/'), &library)?;
    }
    for module in &parts.modules {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        archive.copy(&format!("modules/{name}"), module)?;
    }
    archive.entry("TRAILER!!!", 0, &[])?;
    archive.out.flush().doing(doing)?;
    std::fs::remove_file(&stripped).doing(doing)
}

/// What the loader of this machine would load with the program.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("ldd")
        .arg(program)
        .output()
        .doing("asking for the libraries of the server")?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
        .map(PathBuf::from)
        .collect())
}

fn script(parts: &Parts, inner: &Inner, variables: &[String]) -> String {
    let modules: String = parts
        .modules
        .iter()
        .filter_map(|module| module.file_name()?.to_str())
        .map(|name| format!("insmod /modules/{name}\n"))
        .collect();
    let quoted = |word: &String| format!(" '{}'", word.replace('\'', "'\\''"));
    let words: String = inner.words.iter().map(quoted).collect();
    let exports: String = variables
        .iter()
        .map(|variable| format!("export{}\n", quoted(variable)))
        .collect();
    format!(
        "#!/bin/busybox sh\n\
         /bin/busybox --install -s /bin\n\
         export PATH=/bin\n\
         mount -t proc proc /proc\n\
         mount -t sysfs sys /sys\n\
         mount -t devtmpfs dev /dev\n\
         {modules}\
         ifconfig lo 127.0.0.1 up\n\
         ifconfig eth0 {ADDRESS_INSIDE} netmask 255.255.255.0 up\n\
         mount -t ext4 /dev/vda /data || exit 1\n\
         {exports}\
         exec /tresen{words}\n"
    )
}

struct Archive {
    out: BufWriter<File>,
    made: BTreeSet<PathBuf>,
    number: u32,
}

impl Archive {
    fn folder(&mut self, path: &Path) -> Result<()> {
        let above: Vec<&Path> = path
            .ancestors()
            .filter(|folder| !folder.as_os_str().is_empty())
            .collect();
        for folder in above.into_iter().rev() {
            if self.made.insert(folder.to_path_buf()) {
                self.entry(&folder.display().to_string(), DIRECTORY, &[])?;
            }
        }
        Ok(())
    }

    fn copy(&mut self, name: &str, from: &Path) -> Result<()> {
        let bytes = std::fs::read(from).doing(format!("reading {}", from.display()))?;
        self.file(name, &bytes)
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        if let Some(folder) = Path::new(name).parent() {
            self.folder(folder)?;
        }
        self.entry(name, PROGRAM, bytes)
    }

    /// A head of fourteen numbers in hexadecimal digits, the name, the bytes, each filled up to
    /// a multiple of four.
    fn entry(&mut self, name: &str, mode: u32, bytes: &[u8]) -> Result<()> {
        self.number += 1;
        let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let name_size = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        let numbers = [
            self.number,
            mode,
            0,
            0,
            1,
            0,
            size,
            0,
            0,
            0,
            0,
            name_size,
            0,
        ];
        let mut head = b"070701".to_vec();
        for number in numbers {
            head.extend(format!("{number:08x}").bytes());
        }
        head.extend(name.bytes());
        head.push(0);
        head.resize(head.len().next_multiple_of(4), 0);
        let filling = bytes.len().next_multiple_of(4) - bytes.len();
        let doing = "writing the first file system of a computer";
        self.out.write_all(&head).doing(doing)?;
        self.out.write_all(bytes).doing(doing)?;
        self.out.write_all(&[0; 4][..filling]).doing(doing)
    }
}
