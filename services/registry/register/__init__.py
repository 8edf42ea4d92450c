"""Register (建档立卡): regions, households and their changes, duplicates, imports and exports of sheets."""
