//! A picture of layers as text.

use super::LayerPicture;

/// The layers, the highest first, each stack with the names of what it reads.
pub fn layers_text(picture: &LayerPicture) -> String {
    let reads = picture.reads();
    let width = picture.stacks.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut out = format!(
        "{}: {}, {}\n",
        picture.title,
        counted(picture.bands.len(), "layer"),
        counted(picture.stacks.len(), "stack")
    );
    for band in picture.bands.iter().rev() {
        out.push_str(&format!("\n{}\n", band.name));
        if band.stacks.is_empty() {
            out.push_str("  no stacks\n");
        }
        for at in &band.stacks {
            let mut below: Vec<&str> =
                reads[*at].iter().map(|edge| &*picture.stacks[edge.to]).collect();
            below.sort_unstable();
            below.dedup();
            let name = &picture.stacks[*at];
            let line = match below.as_slice() {
                [] => format!("  {name}"),
                below => format!("  {name:width$}  reads {}", below.join(", ")),
            };
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
