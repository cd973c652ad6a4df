//! OpenMetrics text (<https://prometheus.io/docs/specs/om/open_metrics_spec/>), which Prometheus's
//! textfile collector reads too: gauges alone.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// A family of gauges: the same in every language, as all that programs read.
pub struct Family {
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    labels: &'static [&'static str],
    samples: BTreeMap<Vec<String>, i64>,
}

impl Family {
    /// When seals end, in seconds since 1970.
    pub fn not_after() -> Family {
        Family {
            name: "segell_seal_not_after_seconds",
            unit: Some("seconds"),
            help: "The last second of a seal's validity, since 1970.",
            labels: &["ens", "environment", "sha256"],
            samples: BTreeMap::new(),
        }
    }

    /// How many seals of each ens are in which state.
    pub fn drift() -> Family {
        Family {
            name: "segell_drift",
            unit: None,
            help: "Seals of an ens in a state; held and due are no drift.",
            labels: &["ens", "environment", "state"],
            samples: BTreeMap::new(),
        }
    }

    /// How many findings there are.
    pub fn findings() -> Family {
        Family {
            name: "segell_inventory_findings",
            unit: None,
            help: "What check finds in the inventory.",
            labels: &["severity"],
            samples: BTreeMap::new(),
        }
    }

    /// The sample with these values of the labels, in their order; 0 when it is new.
    pub fn sample<const N: usize>(&mut self, values: [&str; N]) -> &mut i64 {
        debug_assert_eq!(N, self.labels.len());
        self.samples.entry(values.map(str::to_owned).to_vec()).or_default()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Family { name, unit, help, labels, samples } = self;
        writeln!(out, "# TYPE {name} gauge")?;
        if let Some(unit) = unit {
            writeln!(out, "# UNIT {name} {unit}")?;
        }
        writeln!(out, "# HELP {name} {help}")?;
        for (values, sample) in samples {
            let labels = labels.iter().zip(values);
            let labels: Vec<String> =
                labels.map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
            writeln!(out, "{name}{{{}}} {sample}", labels.join(","))?;
        }
        Ok(())
    }
}

/// Writes an exposition.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write(families: &[Family], out: &mut dyn Write) -> io::Result<()> {
    families.iter().try_for_each(|family| family.write(out))?;
    writeln!(out, "# EOF")
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::{Family, write};

    #[test]
    fn an_exposition_is_written_as_it_is_specified() {
        let mut drift = Family::drift();
        *drift.sample(["b", "pro", "held"]) += 1;
        *drift.sample(["a\"\\\n", "pro", "held"]) += 2;
        let mut out = Vec::new();
        write(&[Family::not_after(), drift], &mut out).unwrap();
        let expected = "\
# TYPE segell_seal_not_after_seconds gauge
# UNIT segell_seal_not_after_seconds seconds
# HELP segell_seal_not_after_seconds The last second of a seal's validity, since 1970.
# TYPE segell_drift gauge
# HELP segell_drift Seals of an ens in a state; held and due are no drift.
segell_drift{ens=\"a\\\"\\\\\\n\",environment=\"pro\",state=\"held\"} 2
segell_drift{ens=\"b\",environment=\"pro\",state=\"held\"} 1
# EOF
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
