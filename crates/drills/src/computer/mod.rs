//! A computer whose power can be cut: an emulator with a kernel of the distribution, a disk in a
//! file, and the server as its only program. Killing the emulator loses what the kernel inside
//! had not written to the disk yet, as a power cut does; a killed process loses nothing of it.

mod initramfs;
mod parts;

use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Result, While, failed};

use parts::Parts;

/// Where the server listens inside.
const INNER_PORT: u16 = 8080;
/// This machine's own 127.0.0.1, seen from inside.
pub const HOST_FROM_INSIDE: &str = "10.0.2.2";
/// Where the disk is mounted, and the data directory on it.
const DATA_INSIDE: &str = "/data/house";

const EMULATOR: &str = "qemu-system-x86_64";
const ADDRESS_INSIDE: &str = "10.0.2.15";
const MEMORY_MB: &str = "768";
const DISK_MB: u64 = 512;
const KERNEL_WORDS: &str =
    "console=ttyS0 quiet panic=-1 mitigations=off nokaslr random.trust_cpu=on";

/// What is needed to switch it on, again and again.
#[derive(Debug, Clone)]
pub struct Computer {
    initramfs: PathBuf,
    disk: PathBuf,
}

/// What is to run inside, taken from the words that would start it here.
struct Inner {
    program: PathBuf,
    /// What lies on its disk in the beginning.
    data: PathBuf,
    reached_at: u16,
    words: Vec<String>,
}

impl Inner {
    /// `PROGRAM serve --data … --listen … …`
    fn of(words: &[String]) -> Result<Self> {
        let doing = "understanding what is to run in a computer";
        let (program, words) = words
            .split_first()
            .ok_or_else(|| failed(doing, "there is nothing"))?;
        let behind = |flag: &str| {
            let at = words.iter().position(|word| word == flag)? + 1;
            words.get(at).map(|word| (at, word.clone()))
        };
        let (data_at, data) = behind("--data").ok_or_else(|| failed(doing, "no --data"))?;
        let (listen_at, listen) = behind("--listen").ok_or_else(|| failed(doing, "no --listen"))?;
        let listen: SocketAddr = listen.parse().map_err(|error| failed(doing, error))?;
        let mut words = words.to_vec();
        DATA_INSIDE.clone_into(&mut words[data_at]);
        words[listen_at] = format!("0.0.0.0:{INNER_PORT}");
        Ok(Self {
            program: program.into(),
            data: data.into(),
            reached_at: listen.port(),
            words,
        })
    }
}

/// Becomes a computer that runs what the words say, on the disk that lies in `place`: the first
/// time it holds a copy of the data directory, and later whatever a cut left on it.
///
/// # Errors
/// When something that is needed is not there.
pub fn become_computer(
    place: &Path,
    cache: &Path,
    variables: &[String],
    words: &[String],
) -> Result<()> {
    let inner = Inner::of(words)?;
    let computer = Computer::at(place);
    let parts = Parts::get(cache)?;
    if !computer.disk.is_file() {
        initramfs::write(&computer.initramfs, &parts, &inner, variables)?;
        computer.format_disk(&inner.data)?;
    }
    let error = computer.emulator(&parts, inner.reached_at).exec();
    Err(failed(format!("starting {EMULATOR}"), error))
}

impl Computer {
    #[must_use]
    pub fn at(place: &Path) -> Self {
        Self {
            initramfs: place.join("initramfs"),
            disk: place.join("disk"),
        }
    }

    /// Written beside its place: a computer that is killed meanwhile has no disk.
    fn format_disk(&self, data: &Path) -> Result<()> {
        let doing = "making a disk";
        let content = self.disk.with_extension("content");
        if content.exists() {
            std::fs::remove_dir_all(&content).doing(doing)?;
        }
        std::fs::create_dir_all(&content).doing(doing)?;
        let inside = content.join("house");
        run(Command::new("cp").arg("-a").arg(data).arg(&inside))?;
        let draft = self.disk.with_extension("draft");
        let file = std::fs::File::create(&draft).doing(doing)?;
        file.set_len(DISK_MB << 20).doing(doing)?;
        let mut format = tool("mkfs.ext4");
        run(format.args(["-q", "-F", "-d"]).arg(&content).arg(&draft))?;
        std::fs::rename(&draft, &self.disk).doing(doing)?;
        std::fs::remove_dir_all(&content).doing(doing)
    }

    /// Copies the data directory out of the disk of a computer that is switched off.
    ///
    /// # Errors
    /// When the file system is damaged beyond what its journal mends.
    pub fn copy_data_to(&self, to: &Path) -> Result<()> {
        let doing = "reading a disk";
        // 1 says that something was mended, which after a cut is the journal.
        let checked = tool("e2fsck").arg("-p").arg(&self.disk).output();
        let checked = checked.doing(doing)?;
        if !matches!(checked.status.code(), Some(0 | 1)) {
            let told = String::from_utf8_lossy(&checked.stdout).into_owned();
            return Err(failed("checking a disk", told.trim()));
        }
        std::fs::create_dir_all(to).doing(doing)?;
        let order = format!("rdump /house {}", to.display());
        run(tool("debugfs").args(["-R", &order]).arg(&self.disk))
    }

    /// Its console is the standard output.
    fn emulator(&self, parts: &Parts, reached_at: u16) -> Command {
        let mut emulator = Command::new(EMULATOR);
        emulator
            .args(["-accel", "tcg", "-cpu", "max", "-m", MEMORY_MB])
            .args(["-nodefaults", "-no-user-config", "-no-reboot"])
            .args(["-display", "none", "-monitor", "none", "-serial", "stdio"])
            .arg("-kernel")
            .arg(&parts.kernel)
            .arg("-initrd")
            .arg(&self.initramfs)
            .args(["-append", KERNEL_WORDS])
            .args(["-device", "virtio-blk-pci,drive=disk", "-drive"])
            .arg(format!(
                "file={},if=none,id=disk,format=raw,cache=writeback",
                self.disk.display()
            ))
            .arg("-nic")
            .arg(format!(
                "user,model=virtio-net-pci,\
                 hostfwd=tcp:127.0.0.1:{reached_at}-{ADDRESS_INSIDE}:{INNER_PORT}"
            ));
        emulator
    }
}

/// The tools of a file system lie where only root looks.
fn tool(name: &str) -> Command {
    let path = Path::new("/usr/sbin").join(name);
    if path.is_file() {
        Command::new(path)
    } else {
        Command::new(name)
    }
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().doing(format!("running {name}"))?;
    if output.status.success() {
        Ok(())
    } else {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(failed(format!("running {name}"), told.trim()))
    }
}
