"""Fits of models of supernovae, each in a process that is ended when it is late."""

from __future__ import annotations

from fastapi import Request

from ztfvo.analysis import fitted
from ztfvo.errors import HTTPError
from ztfvo.products.model import Product
from ztfvo.settings import get_settings
from ztfvo.supernovae import work
from ztfvo.supernovae.model import CannotFit, ModelError
from ztfvo.web import turns


async def answer(sent: Request, asked: fitted.Asked) -> fitted.Answer:
    """Fit what is asked for.

    Raises
    ------
    HTTPError
        400 where it cannot be fitted, 503 where a model cannot be read, the fit takes too long, or
        others keep the processes.
    """
    seconds = get_settings().fit_seconds
    try:
        found = await turns.in_process(sent, turns.fits(), seconds, work.ready, work.run, asked.job)
    except CannotFit as error:
        raise HTTPError(400, str(error)) from error
    except ModelError as error:
        raise fitted.unreadable(error) from error
    except TimeoutError as error:
        raise HTTPError(
            503,
            f"The fit did not end within {seconds:g} s, and was given up: ask for a shorter TIME,"
            " for fewer light curves, or for narrower MIN_Z and MAX_Z, or ask again later.",
        ) from error
    return fitted.Answer(asked, found)


async def with_model(sent: Request, product: Product) -> Product:
    """Return light curves with the model that their figure is to show, if any.

    Raises
    ------
    HTTPError
        As `answer` does, 429 when the client has too much at work, and for what cannot be asked.
    """
    if product.request.model is None:
        return product
    with turns.one_of_few(sent):
        asked = await turns.work(sent, None, fitted.for_figure, product, get_settings())
        return fitted.with_model(await answer(sent, asked))
