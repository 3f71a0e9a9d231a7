//! The resources that a process uses, according to the kernel.

use std::fs;

pub(crate) struct Process {
    pid: u32,
}

impl Process {
    pub(crate) fn new(pid: u32) -> Self {
        Process { pid }
    }

    /// Seconds of a core that it used so far, in its own code and in the kernel's.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = self.read("stat");
        // The name may have anything in it, so fields are counted from the `)` that ends it.
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.map(|it| it.parse::<f64>().expect("ticks")).sum();
        ticks / rustix::param::clock_ticks_per_second() as f64
    }

    /// Bytes of memory that are resident.
    pub(crate) fn memory(&self) -> u64 {
        let status = self.read("status");
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|it| it.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes.expect("VmRSS").parse().expect("a number");
        kilobytes * 1024
    }

    pub(crate) fn open_files(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.pid));
        files.expect("open files").count()
    }

    pub(crate) fn mappings(&self) -> usize {
        self.read("maps").lines().count()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.pid)).expect("a running process")
    }
}
