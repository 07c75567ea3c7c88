-- A repeated write is known as long as what it made, and goes with it.
CREATE INDEX client_write_result ON client_write (result);
