//! How acts, groups of fields and lists of words are declared.
//!
//! **Invariant:** what the macros generate lists the fields once: for reading, for writing and for telling.

/// Declares a group of fields.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $kind:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $kind,)+ }
        impl $crate::domain::detail::Field for $name {
            fn shape() -> $crate::domain::detail::Shape {
                $crate::domain::detail::Shape::Group(vec![$((
                    stringify!($field),
                    <$kind as $crate::domain::detail::Field>::shape(),
                    !<$kind as $crate::domain::detail::Field>::OPTIONAL,
                ),)+])
            }
            fn write(&self) -> Option<$crate::domain::detail::Detail> {
                let fields =
                    [$((stringify!($field), <$kind as $crate::domain::detail::Field>::write(&self.$field)),)+];
                let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
                Some($crate::domain::detail::Detail::Group(given.collect()))
            }
            fn read(
                at: &str,
                detail: Option<&$crate::domain::detail::Detail>,
            ) -> Result<$name, $crate::domain::detail::DetailFault> {
                use $crate::domain::detail::{Detail, DetailFault, FaultKind, Field, below, refuse_others};
                let given = match detail {
                    Some(Detail::Group(given)) => given,
                    Some(_) => return Err(DetailFault::new(at, FaultKind::WrongKind)),
                    None => return Err(DetailFault::new(at, FaultKind::Missing)),
                };
                refuse_others(at, &[$(stringify!($field),)+], given)?;
                Ok($name {
                    $($field: <$kind as Field>::read(&below(at, stringify!($field)), given.get(stringify!($field)))?,)+
                })
            }
        }
    };
}
pub(crate) use record;

/// Makes a coded list of words a field.
macro_rules! words {
    ($($name:ident),+ $(,)?) => {
        $(impl $crate::domain::detail::Field for $name {
            fn shape() -> $crate::domain::detail::Shape {
                $crate::domain::detail::Shape::Word($name::ALL.iter().map(|word| word.code()).collect())
            }
            fn write(&self) -> Option<$crate::domain::detail::Detail> {
                Some($crate::domain::detail::Detail::Text(self.code().to_owned()))
            }
            fn read(
                at: &str,
                detail: Option<&$crate::domain::detail::Detail>,
            ) -> Result<$name, $crate::domain::detail::DetailFault> {
                use $crate::domain::detail::{Detail, DetailFault, FaultKind};
                match detail {
                    Some(Detail::Text(text)) => $name::from_code(text.trim())
                        .or_else(|| $name::from_zh(text.trim()))
                        .ok_or_else(|| DetailFault::new(at, FaultKind::BadWord)),
                    Some(_) => Err(DetailFault::new(at, FaultKind::WrongKind)),
                    None => Err(DetailFault::new(at, FaultKind::Missing)),
                }
            }
        })+
    };
}
pub(crate) use words;

/// Declares the acts of a life.
macro_rules! acts {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$adoc:meta])* $act:ident = $word:literal { $($(#[$fdoc:meta])* $field:ident: $kind:ty),* $(,)? })+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name { $($(#[$adoc])* $act { $($(#[$fdoc])* $field: $kind,)* },)+ }
        impl $crate::domain::detail::Act for $name {
            fn word(&self) -> &'static str {
                match self { $($name::$act { .. } => $word,)+ }
            }
            fn details(&self) -> std::collections::BTreeMap<String, $crate::domain::detail::Detail> {
                #[allow(unused_imports, reason = "an act without fields writes none")]
                use $crate::domain::detail::Field;
                match self {
                    $($name::$act { $($field,)* } => {
                        let fields: Vec<(&str, Option<$crate::domain::detail::Detail>)> =
                            vec![$((stringify!($field), $field.write()),)*];
                        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
                    })+
                }
            }
            fn read(
                word: &str,
                details: &std::collections::BTreeMap<String, $crate::domain::detail::Detail>,
            ) -> Result<$name, $crate::domain::detail::DetailFault> {
                #[allow(unused_imports, reason = "an act without fields reads none")]
                use $crate::domain::detail::{DetailFault, FaultKind, Field, refuse_others};
                match word {
                    $($word => {
                        refuse_others("", &[$(stringify!($field),)*], details)?;
                        Ok($name::$act {
                            $($field: <$kind as Field>::read(stringify!($field), details.get(stringify!($field)))?,)*
                        })
                    })+
                    _ => Err(DetailFault::new(word, FaultKind::Unknown)),
                }
            }
            fn vocabulary() -> Vec<(&'static str, $crate::domain::detail::Shape)> {
                #[allow(unused_imports, reason = "an act without fields tells none")]
                use $crate::domain::detail::{Field, Shape};
                vec![$(($word, Shape::Group(vec![
                    $((stringify!($field), <$kind as Field>::shape(), !<$kind as Field>::OPTIONAL),)*
                ])),)+]
            }
        }
    };
}
pub(crate) use acts;
