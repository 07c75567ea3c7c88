//! What a process used, as the kernel counts it: `/proc/PID`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Result, While, failed};

/// CPU seconds of a process, in all and by the names of its threads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Cpu {
    pub total: f64,
    pub threads: BTreeMap<String, f64>,
}

impl Cpu {
    /// What was used since `earlier`. Threads that ended meanwhile are in the total alone.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let threads = self
            .threads
            .iter()
            .map(|(name, seconds)| {
                let before = earlier.threads.get(name).copied().unwrap_or(0.0);
                (name.clone(), seconds - before)
            })
            .collect();
        Self {
            total: self.total - earlier.total,
            threads,
        }
    }
}

fn seconds(ticks: u64) -> f64 {
    ticks as f64 / rustix::param::clock_ticks_per_second() as f64
}

/// User and system time of one line of `/proc/…/stat`, and the name in it.
fn stat(path: &Path) -> Result<(String, f64)> {
    let text = std::fs::read_to_string(path).doing(format!("reading {}", path.display()))?;
    let broken = || failed("reading /proc", "a line with another form");
    // The name stands in parentheses and may hold spaces and parentheses itself.
    let (head, rest) = text.rsplit_once(')').ok_or_else(broken)?;
    let name = head.split_once('(').ok_or_else(broken)?.1.to_owned();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |place: usize| -> Option<u64> { fields.get(place)?.parse().ok() };
    // utime and stime are the 14th and 15th field; the name was the second.
    let used = ticks(11).zip(ticks(12)).ok_or_else(broken)?;
    Ok((name, seconds(used.0 + used.1)))
}

/// A finer clock than the ticks of `stat`: nanoseconds a thread ran, where the kernel counts them.
fn ran(path: &Path) -> Option<f64> {
    let text = std::fs::read_to_string(path).ok()?;
    let nanos: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanos as f64 / 1e9)
}

/// CPU seconds of the calling thread.
///
/// # Errors
/// When the kernel does not count them.
pub fn own_thread() -> Result<f64> {
    let ran = ran(Path::new("/proc/thread-self/schedstat"));
    ran.ok_or_else(|| failed("reading /proc", "the kernel does not count threads"))
}

/// CPU time a process has used up to now.
///
/// # Errors
/// When there is no such process.
pub fn cpu(process: u32) -> Result<Cpu> {
    let root = Path::new("/proc").join(process.to_string());
    let mut used = Cpu {
        total: stat(&root.join("stat"))?.1,
        ..Cpu::default()
    };
    let tasks = root.join("task");
    for task in std::fs::read_dir(&tasks).doing("listing threads")? {
        let task = task.doing("listing threads")?.path();
        // A thread may end while the list is read.
        let Ok((name, ticks)) = stat(&task.join("stat")) else {
            continue;
        };
        let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        *used.threads.entry(name.to_owned()).or_default() +=
            ran(&task.join("schedstat")).unwrap_or(ticks);
    }
    Ok(used)
}

/// CPU seconds of a process and of all its living children; what ended children used is in their
/// parent's share.
///
/// # Errors
/// When there is no such process.
pub fn family(first: u32) -> Result<f64> {
    let mut seconds = 0.0;
    let mut parents = vec![first];
    let mut all: Vec<(u32, u32, f64)> = Vec::new();
    for entry in std::fs::read_dir("/proc").doing("listing processes")? {
        let path = entry.doing("listing processes")?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(process) = name.and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process may end while the list is read.
        if let Some((parent, used)) = relation(&path.join("stat")) {
            all.push((process, parent, used));
        }
    }
    while let Some(process) = parents.pop() {
        for (own, parent, used) in &all {
            if *own == process {
                seconds += used;
            }
            if *parent == process {
                parents.push(*own);
            }
        }
    }
    Ok(seconds)
}

/// Parent, and CPU seconds together with those of ended children.
fn relation(stat: &Path) -> Option<(u32, f64)> {
    let text = std::fs::read_to_string(stat).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |place: usize| -> Option<u64> { fields.get(place)?.parse().ok() };
    let ticks: u64 = (11..=14).filter_map(number).sum();
    Some((u32::try_from(number(1)?).ok()?, seconds(ticks)))
}

/// Memory of a process in bytes: what it holds, and the most it ever held.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Memory {
    pub resident: u64,
    pub peak: u64,
}

/// # Errors
/// When there is no such process.
pub fn memory(process: u32) -> Result<Memory> {
    let path = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&path).doing(format!("reading {path}"))?;
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1_024)
    };
    field("VmRSS:")
        .zip(field("VmHWM:"))
        .map(|(resident, peak)| Memory { resident, peak })
        .ok_or_else(|| failed("reading /proc", "no memory figures"))
}

/// Forgets the most memory a process ever held, so that the next peak is that of what comes.
///
/// # Errors
/// When the process belongs to somebody else.
pub fn forget_peak(process: u32) -> Result<()> {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").doing("resetting the memory peak")
}

/// Bytes a process handed to the disk.
///
/// # Errors
/// When the process belongs to somebody else.
pub fn written(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/io");
    let text = std::fs::read_to_string(&path).doing(format!("reading {path}"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("write_bytes: ")?.trim().parse().ok())
        .ok_or_else(|| failed("reading /proc", "no figures of the disk"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_process_is_counted() {
        let own = std::process::id();
        let before = cpu(own).unwrap();
        let mut sum = 0_u64;
        while cpu(own).unwrap().total - before.total < 0.02 {
            sum = sum.wrapping_mul(31).wrapping_add(7);
        }
        let used = cpu(own).unwrap().since(&before);
        assert!(used.total >= 0.02, "{sum}");
        assert!(used.threads.values().any(|seconds| *seconds > 0.0));
        let memory = memory(own).unwrap();
        assert!(memory.resident > 1_000_000 && memory.peak >= memory.resident);
    }
}
