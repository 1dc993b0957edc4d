//! Drawings as pictures for mail programs, which show no SVG.
//!
//! Owns the one font that they are written in: the file of the settings, else the first of those that Linux systems keep
//! for Chinese.
//! **Invariant:** without a font that has Chinese there is no picture, rather than one with boxes in the place of words.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use ttf_parser::Face;

/// Where systems keep a font with Chinese, the best first.
const KNOWN: [&str; 5] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
];
/// A sign of names that a font of the commonest few thousand lacks.
const RARE: char = '喆';
/// Pixels of the picture for one of the drawing, so that it is sharp on today's screens.
const SCALE: u32 = 2;

/// Makes pictures, with a font that is read when the first one is made.
#[derive(Debug)]
pub struct Raster {
    file: Option<PathBuf>,
    fonts: OnceLock<Option<(Arc<Database>, String)>>,
}

impl Raster {
    /// With the font file of the settings; an empty path stands for the first one known.
    #[must_use]
    pub fn new(set: &Path) -> Raster {
        let known = || KNOWN.iter().map(PathBuf::from).find(|path| path.is_file());
        let file = if set.as_os_str().is_empty() { known() } else { Some(set.to_owned()) };
        Raster { file, fonts: OnceLock::new() }
    }

    /// The file that words are written with; none where there is none, it cannot be read, or it has no Chinese.
    #[must_use]
    pub fn font(&self) -> Option<&Path> {
        self.fonts().and(self.file.as_deref())
    }

    fn fonts(&self) -> Option<&(Arc<Database>, String)> {
        let load = || {
            let data = std::fs::read(self.file.as_deref()?).ok()?;
            Face::parse(&data, 0).ok()?.glyph_index(RARE)?;
            let mut fonts = Database::new();
            fonts.load_font_data(data);
            let family = fonts.faces().find_map(|face| face.families.first().map(|(name, _)| name.clone()))?;
            fonts.set_sans_serif_family(family.clone());
            Some((Arc::new(fonts), family))
        };
        self.fonts.get_or_init(load).as_ref()
    }

    /// A drawing as a PNG; none without a font, or where it is no drawing.
    #[must_use]
    pub fn png(&self, svg: &str) -> Option<Vec<u8>> {
        let (fonts, family) = self.fonts()?;
        let options = Options { fontdb: Arc::clone(fonts), font_family: family.clone(), ..Options::default() };
        let tree = Tree::from_str(svg, &options).ok()?;
        let size = tree.size().to_int_size();
        let mut picture = Pixmap::new(size.width().checked_mul(SCALE)?, size.height().checked_mul(SCALE)?)?;
        picture.fill(Color::WHITE);
        resvg::render(&tree, Transform::from_scale(2.0, 2.0), &mut picture.as_mut());
        picture.encode_png().ok()
    }
}
