"""The pages of sign-in, of the own account and of the administration of people: one blueprint, two files of routes."""

from flask import Blueprint

pages = Blueprint("people", __name__)
