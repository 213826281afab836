"""What gunicorn and the flask command load."""

import gc

from app.factory import create_app

app = create_app()

# What stands now stands until the end. Walking it in each collection would stop all threads for a tenth of a second, in
# the midst of reports; and the memory that gunicorn's workers share since their fork would be copied by it.
gc.collect()
gc.freeze()
# And less often than after each 700 objects: one answer makes more of them.
gc.set_threshold(20_000, 10, 10)
