//! The kernel and the shell of the distribution, downloaded once and unpacked into a cache; they
//! are not installed on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;
use crate::error::{Result, While, failed};

/// Depends on the newest kernel for virtual machines, which is small.
const KERNEL: &str = "linux-image-cloud-amd64";
const SHELL: &str = "busybox-static";

/// A disk, a network and a file system; a kernel may hold some of them already.
const MODULES: [&str; 15] = [
    "failover",
    "net_failover",
    "virtio",
    "virtio_ring",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "virtio_blk",
    "virtio_net",
    "crc16",
    "crc32c_generic",
    "libcrc32c",
    "mbcache",
    "jbd2",
    "ext4",
];

/// What a computer is built of.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) kernel: PathBuf,
    /// In the order in which they are loaded.
    pub(super) modules: Vec<PathBuf>,
    pub(super) shell: PathBuf,
}

impl Parts {
    /// Takes them from the cache, or downloads them into it.
    ///
    /// # Errors
    /// When they are not there and cannot be downloaded.
    pub(super) fn get(cache: &Path) -> Result<Self> {
        let place = cache.join("computer");
        if !place.is_dir() {
            download(&place)?;
        }
        let mut modules = Vec::new();
        for name in MODULES {
            with_needs(&place, name, &mut modules)?;
        }
        Ok(Self {
            kernel: place.join("kernel"),
            modules,
            shell: place.join("busybox"),
        })
    }
}

/// Adds a module behind those that it needs. Which those are changes from kernel to kernel, so each
/// module is asked.
fn with_needs(place: &Path, name: &str, modules: &mut Vec<PathBuf>) -> Result<()> {
    let path = place.join(format!("{name}.ko"));
    if !path.is_file() || modules.contains(&path) {
        return Ok(());
    }
    let bytes = std::fs::read(&path).doing("reading a module")?;
    for needed in needs(&bytes) {
        with_needs(place, &needed, modules)?;
    }
    modules.push(path);
    Ok(())
}

/// A module holds `depends=NAME,NAME` between two zeros.
fn needs(module: &[u8]) -> Vec<String> {
    module
        .split(|byte| *byte == 0)
        .find_map(|text| text.strip_prefix(b"depends="))
        .map(String::from_utf8_lossy)
        .map(|names| {
            let names = names.split(',').filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        })
        .unwrap_or_default()
}

/// Unpacks beside the place and renames: it is whole, or it is not there.
fn download(place: &Path) -> Result<()> {
    let doing = "fetching a kernel";
    let draft = place.with_extension(format!("{}.draft", std::process::id()));
    let packages = draft.join("packages");
    let unpacked = draft.join("unpacked");
    std::fs::create_dir_all(&packages).doing(doing)?;
    let kernel = kernel_package()?;
    let mut apt = Command::new("apt-get");
    apt.current_dir(&packages)
        .args(["-q", "download", &kernel, SHELL]);
    run(&mut apt)?;
    for package in std::fs::read_dir(&packages).doing(doing)? {
        let package = package.doing(doing)?.path();
        run(Command::new("dpkg").arg("-x").arg(package).arg(&unpacked))?;
    }
    let parts = draft.join("parts");
    std::fs::create_dir(&parts).doing(doing)?;
    take_from(&unpacked, &parts)?;
    match std::fs::rename(&parts, place) {
        Err(_) if place.is_dir() => {}
        renamed => renamed.doing(doing)?,
    }
    std::fs::remove_dir_all(&draft).doing(doing)
}

/// The package that the general name depends on today.
fn kernel_package() -> Result<String> {
    let doing = "looking for a kernel";
    let output = Command::new("apt-cache")
        .args(["depends", KERNEL])
        .output()
        .doing(doing)?;
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with("linux-image-"))
        .map(str::to_owned)
        .ok_or_else(|| failed(doing, "apt-cache knows none; run apt-get update"))
}

fn take_from(unpacked: &Path, parts: &Path) -> Result<()> {
    let doing = "unpacking a kernel";
    let copy = |from: &Path, name: &str| {
        std::fs::copy(from, parts.join(name))
            .map(|_| ())
            .doing(doing)
    };
    for entry in std::fs::read_dir(unpacked.join("boot")).doing(doing)? {
        let entry = entry.doing(doing)?;
        if entry.file_name().to_string_lossy().starts_with("vmlinuz") {
            copy(&entry.path(), "kernel")?;
        }
    }
    copy(&unpacked.join("bin/busybox"), "busybox")?;
    let mut folders = vec![unpacked.join("lib/modules")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).doing(doing)? {
            let path = entry.doing(doing)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().and_then(|name| name.to_str());
            let module = name.and_then(|name| name.strip_suffix(".ko"));
            if let (Some(name), Some(module)) = (name, module)
                && MODULES.contains(&module)
            {
                copy(&path, name)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_follow_what_they_need() {
        let place = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("virtio", "\0license=GPL\0depends=virtio_ring\0"),
            ("virtio_ring", "\0depends=\0"),
            ("virtio_blk", "depends=virtio,virtio_ring\0"),
        ] {
            std::fs::write(place.path().join(format!("{name}.ko")), text).unwrap();
        }
        let mut modules = Vec::new();
        for name in ["virtio_blk", "virtio", "not_there"] {
            with_needs(place.path(), name, &mut modules).unwrap();
        }
        let names: Vec<_> = modules.iter().filter_map(|path| path.file_stem()).collect();
        assert_eq!(names, ["virtio_ring", "virtio", "virtio_blk"]);
    }
}
