//! What follows from each event, case by case.
