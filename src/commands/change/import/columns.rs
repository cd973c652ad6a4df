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

    fn names(self) -> [&'static [&'static str]; 3] {
        match self {
            Column::Id => [&["id", "ens"], &["id", "ente"], &["id", "ens"]],
            Column::Name => [&["nom"], &["nombre"], &["name"]],
            Column::Block => [&["bloc"], &["bloque"], &["block"]],
            Column::OrganCode => {
                [&["codi d'òrgan", "codi_organ", "ine10"], &["código de órgano"], &["organ_code"]]
            }
            Column::Nif => [&["NIF", "cif"], &["NIF"], &["nif"]],
            Column::Dir3 => [&["DIR3", "codi_dir3"], &["DIR3", "codigo_dir3"], &["dir3"]],
            Column::Services => {
                [&["serveis", "servei"], &["servicios", "servicio"], &["services", "service"]]
            }
            Column::Requested => [&["sol·licitat", "sol_licitat"], &["solicitado"], &["requested"]],
            Column::RequestedPre => {
                [&["sol·licitat PRE", "sol_licitat_pre"], &["solicitado PRE"], &["requested_pre"]]
            }
            Column::RequestedPro => {
                [&["sol·licitat PRO", "sol_licitat_pro"], &["solicitado PRO"], &["requested_pro"]]
            }
            Column::Granted => {
                [&["autoritzat", "concedit"], &["autorizado", "concedido"], &["granted"]]
            }
            Column::GrantedPre => [
                &["autoritzat PRE", "concedit_pre"],
                &["autorizado PRE", "concedido_pre"],
                &["granted_pre"],
            ],
            Column::GrantedPro => [
                &["autoritzat PRO", "concedit_pro"],
                &["autorizado PRO", "concedido_pro"],
                &["granted_pro"],
            ],
            Column::Ticket => [&["tiquet"], &["tique"], &["ticket"]],
        }
    }

    fn is_needed(self) -> bool {
        matches!(self, Column::Name | Column::Block | Column::OrganCode | Column::Nif)
    }
}
