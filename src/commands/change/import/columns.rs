//! The columns of a spreadsheet of bodies.

use crate::commands::change::sheet;

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Id,
    Name,
    Block,
    OrganCode,
    Nif,
    Dir3,
    Services,
    Requested,
    RequestedPre,
    RequestedPro,
    Granted,
    GrantedPre,
    GrantedPro,
    Ticket,
}

impl sheet::Column for Column {
    const ALL: &'static [Column] = &[
        Column::Id,
        Column::Name,
        Column::Block,
        Column::OrganCode,
        Column::Nif,
        Column::Dir3,
        Column::Services,
        Column::Requested,
        Column::RequestedPre,
        Column::RequestedPro,
        Column::Granted,
        Column::GrantedPre,
        Column::GrantedPro,
        Column::Ticket,
    ];

    fn names(self) -> &'static [&'static str] {
        match self {
            Column::Id => &["id", "ens"],
            Column::Name => &["name", "nom", "nombre"],
            Column::Block => &["block", "bloc", "bloque"],
            Column::OrganCode => {
                &["organ_code", "codi_d_organ", "codi_organ", "codigo_de_organo", "ine10"]
            }
            Column::Nif => &["nif", "cif"],
            Column::Dir3 => &["dir3", "codi_dir3", "codigo_dir3"],
            Column::Services => {
                &["services", "service", "serveis", "servei", "servicios", "servicio"]
            }
            Column::Requested => &["requested", "sol_licitat", "sollicitat", "solicitado"],
            Column::RequestedPre => {
                &["requested_pre", "sol_licitat_pre", "sollicitat_pre", "solicitado_pre"]
            }
            Column::RequestedPro => {
                &["requested_pro", "sol_licitat_pro", "sollicitat_pro", "solicitado_pro"]
            }
            Column::Granted => &["granted", "autoritzat", "autorizado", "concedit", "concedido"],
            Column::GrantedPre => &["granted_pre", "autoritzat_pre", "autorizado_pre"],
            Column::GrantedPro => &["granted_pro", "autoritzat_pro", "autorizado_pro"],
            Column::Ticket => &["ticket", "tiquet", "tique"],
        }
    }

    fn is_needed(self) -> bool {
        matches!(self, Column::Name | Column::Block | Column::OrganCode | Column::Nif)
    }
}
