//! The configurations that are measured.

use std::fmt::Write as _;
use std::path::Path;

/// A configuration as files.
pub(crate) struct Fixture {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether the limit on the ratio holds for it.
    pub(crate) limited: bool,
    files: Vec<(&'static str, String)>,
}

impl Fixture {
    /// Writes the files below a folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), String> {
        for (name, text) in &self.files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(|e| e.to_string())?;
            std::fs::write(&path, text).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

/// Six spellings of 2 × 1,000 correlated instances, 10,000 separate blocks, and 1,000 objects of a real provider.
pub(crate) fn all() -> Vec<Fixture> {
    let counted = "resource \"terraform_data\" \"a\" {\n  count = 1000\n  input = count.index\n}\n";
    let keyed = "locals {\n  keys = toset([for i in range(1000) : format(\"k%04d\", i)])\n}\n\
        resource \"terraform_data\" \"a\" {\n  for_each = local.keys\n  input    = each.key\n}\n";
    let reader = |input: &str| {
        format!("resource \"terraform_data\" \"b\" {{\n  count = 1000\n  input = {input}\n}}\n")
    };
    let each_reader = "locals {\n  ids = { for k, a in terraform_data.a : k => a.id }\n}\n\
        resource \"terraform_data\" \"b\" {\n  for_each = local.keys\n  input    = local.ids[each.key]\n}\n";
    let module = "module \"a\" {\n  source = \"./a\"\n}\n";
    let child = format!("{counted}output \"ids\" {{\n  value = terraform_data.a[*].id\n}}\n");
    let of = |name, text: String| Fixture { name, limited: true, files: vec![("main.tf", text)] };
    vec![
        of("index", format!("{counted}{}", reader("terraform_data.a[count.index].id"))),
        of(
            "element",
            format!("{counted}{}", reader("element(terraform_data.a[*].id, count.index)")),
        ),
        of("splat", format!("{counted}{}", reader("terraform_data.a.*.id[count.index]"))),
        of("values", format!("{keyed}{}", reader("values(terraform_data.a)[count.index].id"))),
        of("local-map", format!("{keyed}{each_reader}")),
        Fixture {
            name: "module-output",
            limited: true,
            files: vec![
                ("main.tf", format!("{module}{}", reader("module.a.ids[count.index]"))),
                ("a/main.tf", child),
            ],
        },
        of("blocks", blocks(10_000)),
        Fixture { name: "random-pet", limited: false, files: vec![("main.tf", pets(1_000))] },
    ]
}

fn blocks(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, i| {
        let _ = write!(
            text,
            "resource \"terraform_data\" \"r{i}\" {{\n  input = \"value {i}\"\n}}\n\n"
        );
        text
    })
}

fn pets(count: usize) -> String {
    format!(
        "terraform {{\n  required_providers {{\n    random = {{ source = \"hashicorp/random\" }}\n  }}\n}}\n\n\
         resource \"random_pet\" \"pet\" {{\n  count  = {count}\n  length = 3\n}}\n"
    )
}
