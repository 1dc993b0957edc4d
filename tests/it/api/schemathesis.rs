//! B01: schemathesis over the served description, one run for every kind of token.
//!
//! `TEST_PYTHON` names a Python that has schemathesis; `scripts/schemathesis N` runs more examples than this short run.

use std::process::Command;
use std::sync::atomic::Ordering;

use super::world::World;

/// Checks that are made of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
     response_schema_conformance,negative_data_rejection,ignored_auth";

#[test]
fn the_interface_keeps_its_description_under_generated_requests() {
    let Some(python) = std::env::var_os("TEST_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "TEST_PYTHON is needed in CI");
        return eprintln!("no TEST_PYTHON, nothing generated");
    };
    let setting = |name: &str| std::env::var_os(name).and_then(|value| value.into_string().ok());
    let examples = setting("SCHEMATHESIS_EXAMPLES").unwrap_or_else(|| "2".to_owned());
    let phases = if examples == "2" { "examples,fuzzing" } else { "examples,coverage,fuzzing" };
    let world = World::sqlite();
    let (address, count) = world.serve();
    let mut failed = Vec::new();
    for who in ["bank_a", "auditor", "regulator", "bureau", "system", "finance"] {
        let before = count.load(Ordering::Relaxed);
        let output = Command::new(&python)
            .args(["-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"])
            .arg(format!("http://{address}/api/v1/openapi.json"))
            .args(["--header", &format!("Authorization: Bearer {}", world.tokens[who])])
            .args(["--checks", CHECKS, "--max-examples", &examples, "--phases", phases, "--seed", "6"])
            .args(["--no-color", "--generation-database", "none", "--warnings", "off", "--continue-on-failure"])
            .args(["--no-shrink", "--suppress-health-check", "all", "--workers", "2"])
            .current_dir(std::env::temp_dir())
            .output()
            .expect("the Python of TEST_PYTHON runs");
        let sent = count.load(Ordering::Relaxed) - before;
        println!("{who}: {sent} requests, {}", output.status);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || sent < 50 {
            failed.push(format!("{who}: {said}"));
        }
    }
    println!("{} requests in all", count.load(Ordering::Relaxed));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
