//! The keys themselves: `.env`, backups, providers, probes, retirement, schedule.
